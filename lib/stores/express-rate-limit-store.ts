import { BagStore, type StoreOptions } from './bag-store.js';

/** Number of hits of a client, and the time when counting restarts. */
export interface ClientHits {
  /** Number of hits since counting began. */
  readonly totalHits: number;
  /** Time when counting restarts. */
  readonly resetTime: Date;
}

/**
 * Counters for `express-rate-limit` that survive releases; all threads share them.
 *
 * @example
 * app.use(rateLimit({ limit: 100, store: new ExpressRateLimitStore() }));
 */
export class ExpressRateLimitStore {
  /** Always false: other threads count the same clients. */
  readonly localKeys = false;
  /** Beginning of the store's keys in the data bag. */
  readonly prefix: string;
  readonly #counters: BagStore<number>;
  #windowMs = 60_000;

  /** @throws LiveswapError `OPTION_INVALID` */
  constructor(options?: StoreOptions) {
    this.#counters = new BagStore('express-rate-limit', options);
    this.prefix = `${this.#counters.name}:`;
  }

  /** Takes the window of the limit, in milliseconds. */
  init({ windowMs }: { readonly windowMs: number }): void {
    this.#windowMs = windowMs;
  }

  /** Resolves to the hits of a client; `undefined` when there are none. */
  async get(key: string): Promise<ClientHits | undefined> {
    const entry = await this.#counters.get(key);
    return entry && { totalHits: entry.value, resetTime: new Date(entry.expiresAt) };
  }

  /** Counts a hit. */
  async increment(key: string): Promise<ClientHits> {
    const hits = await this.#add(key, 1);
    return hits ?? { totalHits: 1, resetTime: new Date(Date.now() + this.#windowMs) };
  }

  /** Takes a hit back. */
  async decrement(key: string): Promise<void> {
    await this.#add(key, -1);
  }

  /** Forgets the hits of a client. */
  async resetKey(key: string): Promise<void> {
    await this.#counters.delete(key);
  }

  async #add(key: string, step: 1 | -1): Promise<ClientHits | undefined> {
    const windowMs = this.#windowMs;
    const entry = await this.#counters.update(key, (current) => {
      if (!current) return step < 0 ? undefined : { value: 1, expiresAt: Date.now() + windowMs };
      return { value: Math.max(current.value + step, 0), expiresAt: current.expiresAt };
    });
    return entry && { totalHits: entry.value, resetTime: new Date(entry.expiresAt) };
  }
}
