/** The two functions with which a burst of calls is measured, however the calls travel. */
export interface BurstPeer {
  readonly name: string;
  /** Computes for `ms` milliseconds. */
  toil(ms: number): Promise<unknown>;
  /** Runs timers in the same thread for `ms` milliseconds; resolves to the longest time from one to the next, in milliseconds. */
  watch(ms: number): Promise<number>;
  close(): Promise<void>;
}
