/**
 * Frees what is open behind a value that nobody will take: a stream is cancelled or aborted, an iterator is returned. Any
 * other value is left alone.
 */
export function discard(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const reason = new DOMException('Nobody waits for this any more.', 'AbortError');
  if (value instanceof ReadableStream) ignore(() => value.cancel(reason));
  else if (value instanceof WritableStream) ignore(() => value.abort(reason));
  else if (Symbol.asyncIterator in value)
    ignore(() => (value as Partial<AsyncGenerator>).return?.(undefined));
}

/** Runs `free`, whose failure concerns nobody. */
export function ignore(free: () => unknown): void {
  void (async () => free())().catch(() => {});
}
