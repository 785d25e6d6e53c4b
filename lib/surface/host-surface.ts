import type { LiveswapError } from '../core/errors.js';
import type { KeptImage } from '../kept/image.js';
import type { BagUpdate } from '../plugin/vault.js';

/** Methods by which a thread reports its own end to the host, over Comlink. */
export interface EndSurface {
  /** `process.exit` was called; `stack` tells where. */
  exiting(code: number | string, stack: string): void;
  /** The thread dies of `error`, which nobody caught. */
  crashed(error: unknown): void;
}

/** Methods of the host that a thread may call over Comlink: the data bag, the log, and reports. */
export interface HostSurface {
  bagGet(key: string): unknown;
  bagSet(key: string, value: unknown): Promise<void>;
  bagHas(key: string): boolean;
  bagDelete(key: string): Promise<boolean>;
  bagKeys(): string[];
  bagUpdate(key: string, change: BagUpdate): Promise<unknown>;
  log(level: 'debug' | 'info' | 'warn' | 'error', facts: object, message?: string): void;
  /** A call-back of the host or of another plugin rejected, and nobody waits for it. */
  callbackRejected(facts: { readonly call: string; readonly callback: string }, error: unknown): void;
  /** A tick of `every` failed. */
  everyFailed(error: LiveswapError): void;
  /** A resource that takes work could not be closed. */
  closeFailed(error: LiveswapError): void;
  /** Takes a copy of the state that the thread keeps. */
  saveKept(image: KeptImage): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
}
