import type { IncomingMessage } from 'node:http';
import { freeBuffer } from '../../sockets/free-buffer.js';
import { GatheredBody } from './gathered-body.js';

/** Returns whether none of a request's body has been read, and its client is still there. */
export function isUnread(req: IncomingMessage): boolean {
  return !req.readableDidRead && !req.destroyed && !req.errored && !('rawBody' in req);
}

/** Resolves to the body of a request. Rejects with its error, or with an AbortError if its client has gone. */
export function readWhole(req: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    // Others may keep the pieces that they are given, too.
    const isOnlyReader = (): boolean => req.readableFlowing === true && req.listenerCount('data') === 1;
    const body = new GatheredBody(saidLength(req), (piece) => {
      if (isOnlyReader()) freeBuffer(piece);
    });
    req.on('data', (piece: Buffer) => body.add(piece));
    req.once('end', () => resolve(body.take()));
    req.once('error', reject);
    req.once('close', () => {
      if (!req.readableEnded) reject(new DOMException('The request was aborted.', 'AbortError'));
    });
  });
}

/** Returns the length that the client has said; `undefined` if the body has its end marked in it. */
function saidLength({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}
