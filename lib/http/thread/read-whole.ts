import type { IncomingMessage } from 'node:http';
import { freeBuffer } from '../../sockets/free-buffer.js';
import { GatheredBody } from './gathered-body.js';

/** Returns whether none of a request's body has been read, and its client is still there. */
export function isUnread(req: IncomingMessage): boolean {
  return !req.readableDidRead && !req.destroyed && !req.errored && !('rawBody' in req);
}

/**
 * Resolves to the body of a request. Rejects with its error, with an AbortError if its client has gone, or with a RangeError if no
 * buffer, which has at most `most` bytes, can hold it.
 */
export function readWhole(req: IncomingMessage, most?: number): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    // Others may keep the pieces that they are given, too.
    const isOnlyReader = (): boolean => req.readableFlowing === true && req.listenerCount('data') === 1;
    const free = (piece: Buffer): void => {
      if (isOnlyReader()) freeBuffer(piece);
    };
    const body = new GatheredBody(saidLength(req), free, most);
    const add = (piece: Buffer): void => orGiveUp(() => body.add(piece));
    const end = (): void => orGiveUp(() => resolve(body.take()));
    // An error that a listener throws would end the thread.
    const orGiveUp = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        req.off('data', add);
        req.off('end', end);
        reject(error);
      }
    };
    req.on('data', add);
    req.once('end', end);
    req.once('error', reject);
    req.once('close', () => {
      if (!req.readableEnded) reject(new DOMException('The request was aborted.', 'AbortError'));
    });
  });
}

/** Returns the length that the client has announced; `undefined` if the body itself marks its end. */
function saidLength({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}
