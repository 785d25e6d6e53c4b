import { isInstanceOf } from './lazy-classes.js';
import { isNodeStream, watchNodeStream } from './node-stream.js';

/** Maximum depth and number of places of the search in a discarded value. */
const DEEPEST = 8;
const MOST = 1_000;

/**
 * Frees open resources behind or inside a value that nobody will take: streams are cancelled, aborted or destroyed, iterators are
 * returned. Everything else is left alone.
 */
export function discard(value: unknown): void {
  // A value may throw when it is inspected.
  ignore(() => discardWithin(value, 0, new Set()));
}

function discardWithin(value: unknown, depth: number, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
  if (seen.has(value) || seen.size > MOST) return;
  seen.add(value);
  const reason = new DOMException('Nobody waits for this any more.', 'AbortError');
  if (value instanceof ReadableStream) ignore(() => value.cancel(reason));
  else if (value instanceof WritableStream) ignore(() => value.abort(reason));
  else if (isInstanceOf(value, 'Response') || isInstanceOf(value, 'Request'))
    ignore(() => value.body?.cancel(reason));
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

/** Runs `free` and ignores its failure. */
export function ignore(free: () => unknown): void {
  void (async () => free())().catch(() => {});
}
