/** The three functions that every peer answers, however its calls travel. */
export interface CallPeer {
  readonly name: string;
  /** No argument, a short answer. */
  salute(): Promise<unknown>;
  /** Answers with its argument. */
  echo(value: unknown): Promise<unknown>;
  /** Moves a buffer there and back; what comes back is another one where the peer cannot move a result. */
  move(buffer: ArrayBuffer): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** Takes one after the other, for peers that leave the choice of a thread to their user. */
export function roundRobin<T>(list: readonly T[]): () => T {
  let next = 0;
  return () => list[next++ % list.length] as T;
}
