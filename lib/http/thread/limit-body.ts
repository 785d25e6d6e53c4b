import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerStatus } from './answer.js';

/** Refuses a body of more than `most` bytes with 413, as soon as the size is known. Returns whether it was refused. */
export function limitBody(req: IncomingMessage, res: ServerResponse, most: number): boolean {
  const refuse = (): void => {
    // The rest of the body is not read, so the connection cannot be used again.
    answerStatus(res, 413, { connection: 'close' });
  };
  if (Number(req.headers['content-length'] ?? 0) > most) {
    refuse();
    return true;
  }
  if (req.headers['transfer-encoding'] === undefined || most === Infinity) return false;
  let length = 0;
  const push = req.push.bind(req);
  req.push = (chunk: Uint8Array | null, encoding) => {
    length += chunk?.length ?? 0;
    if (length <= most) return push(chunk, encoding);
    refuse();
    req.destroy(new Error(`The body is longer than ${most} bytes (maxBodyBytes).`));
    return false;
  };
  return false;
}
