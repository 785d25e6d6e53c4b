import type { Readable } from 'node:stream';

/** Whether `value` is a stream of `node:stream`, or of a package that is like it. */
export function isNodeStream(value: object): value is Readable {
  const { on, destroy, pipe } = value as Partial<Record<string, unknown>>;
  return typeof on === 'function' && typeof destroy === 'function' && typeof pipe === 'function';
}

/**
 * From now on an error of `stream` is only told to whoever reads it: it may come before anybody does, and nobody else listens.
 */
export function watchNodeStream(stream: Readable): void {
  stream.on('error', () => {});
}
