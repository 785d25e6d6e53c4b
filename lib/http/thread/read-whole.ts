import type { IncomingMessage } from 'node:http';

/** Returns whether none of a request's body has been read, and its client is still there. */
export function isUnread(req: IncomingMessage): boolean {
  return !req.readableDidRead && !req.destroyed && !req.errored && !('rawBody' in req);
}

/** Resolves to the body of a request. Rejects with its error, or with an AbortError if its client has gone. */
export function readWhole(req: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    req.on('data', (piece: Buffer) => void pieces.push(piece));
    req.once('end', () => resolve(joined(pieces)));
    req.once('error', reject);
    // After the end, or an error, this changes nothing.
    req.once('close', () => reject(new DOMException('The request was aborted.', 'AbortError')));
  });
}

/** Returns the pieces as one buffer whose memory holds nothing else. */
function joined(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
  const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
