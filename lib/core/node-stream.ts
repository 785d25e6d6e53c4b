import type { Readable } from 'node:stream';

/** Returns whether `value` is a stream of `node:stream`, or of a similar package. */
export function isNodeStream(value: object): value is Readable {
  const { on, destroy, pipe } = value as Partial<Record<string, unknown>>;
  return typeof on === 'function' && typeof destroy === 'function' && typeof pipe === 'function';
}

/**
 * Prevents an error of `stream` from being uncaught: it may come before anyone reads the stream, and only readers are told of it.
 */
export function watchNodeStream(stream: Readable): void {
  stream.on('error', () => {});
}

/**
 * Watches the streams among the arguments of a call, before anything else is done with them: the call may wait or be refused, and a
 * file that is not there must not end the process meanwhile.
 */
export function watchArguments(args: readonly unknown[]): void {
  for (const value of args) {
    try {
      if (typeof value === 'object' && value !== null && isNodeStream(value)) watchNodeStream(value);
    } catch {
      // A value that cannot be inspected is refused when it is sent.
    }
  }
}
