/** What a thread may ask of the host over Comlink; the host's side of the data bag and of the log. */
export interface HostSurface {
  bagGet(key: string): unknown;
  bagSet(key: string, value: unknown): void;
  bagHas(key: string): boolean;
  bagDelete(key: string): boolean;
  bagKeys(): string[];
  log(level: 'debug' | 'info' | 'warn' | 'error', facts: object, message?: string): void;
  /** A call-back of the host's, or of another plugin's, rejected, and nobody waits for it. */
  callbackRejected(facts: { readonly call: string; readonly callback: string }, error: unknown): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
}
