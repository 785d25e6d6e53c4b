import type { Readable } from 'node:stream';
import { types } from 'node:util';

/** Returns whether `value` is a stream of `node:stream`, or of a similar package. */
export function isNodeStream(value: object): value is Readable {
  const { on, destroy, pipe } = value as Partial<Record<string, unknown>>;
  if (typeof on !== 'function' || typeof destroy !== 'function' || typeof pipe !== 'function') return false;
  // An imported plugin has a method of every name, and to call one is to call the plugin.
  return !types.isProxy(value);
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
