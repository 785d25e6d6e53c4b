/** The three functions that every peer answers, however its calls travel. */
export interface CallPeer {
  readonly name: string;
  /** Answers shortly; has no argument. */
  salute(): Promise<unknown>;
  /** Answers with its argument. */
  echo(value: unknown): Promise<unknown>;
  /** Moves a buffer there and back. Where the peer cannot move a result, another buffer comes back. */
  move(buffer: ArrayBuffer): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** Returns a function that takes one item after the other, for peers that leave the choice of a thread to their user. */
export function roundRobin<T>(list: readonly T[]): () => T {
  let next = 0;
  return () => list[next++ % list.length] as T;
}
