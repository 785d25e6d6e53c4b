/** Two threads of which one calls the other. */
export interface RelayPeer {
  readonly name: string;
  /** Lets the first thread keep `inFlight` calls to the second going for `ms` milliseconds; resolves to calls a second. */
  relay(inFlight: number, ms: number): Promise<number>;
  close(): Promise<void>;
}
