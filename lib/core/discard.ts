import { isNodeStream, watchNodeStream } from './node-stream.js';

/** What nobody will take is looked for so deep, and in so many places. */
const DEEPEST = 8;
const MOST = 1_000;

/**
 * Frees what is open behind a value that nobody will take, or inside of it: a stream is cancelled, aborted or destroyed, an
 * iterator is returned. Everything else is left alone.
 */
export function discard(value: unknown): void {
  // A value may throw when it is looked at.
  ignore(() => discardWithin(value, 0, new Set()));
}

function discardWithin(value: unknown, depth: number, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
  if (seen.has(value) || seen.size > MOST) return;
  seen.add(value);
  const reason = new DOMException('Nobody waits for this any more.', 'AbortError');
  if (value instanceof ReadableStream) ignore(() => value.cancel(reason));
  else if (value instanceof WritableStream) ignore(() => value.abort(reason));
  else if (value instanceof Response || value instanceof Request) ignore(() => value.body?.cancel(reason));
  else if (isNodeStream(value)) destroy(value);
  else if (Symbol.asyncIterator in value)
    ignore(() => (value as Partial<AsyncGenerator>).return?.(undefined));
  else for (const part of partsOf(value)) discardWithin(part, depth + 1, seen);
}

function destroy(stream: Parameters<typeof watchNodeStream>[0]): void {
  watchNodeStream(stream);
  stream.destroy();
}

function partsOf(value: object): readonly unknown[] {
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return [...value.values()];
  try {
    return Object.values(value);
  } catch {
    return [];
  }
}

/** Runs `free`, whose failure concerns nobody. */
export function ignore(free: () => unknown): void {
  void (async () => free())().catch(() => {});
}
