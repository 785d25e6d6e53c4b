import { BagStore, type StoreOptions } from './bag-store.js';

/** Number of hits of a client, and the time when counting begins anew. */
export interface ClientHits {
  readonly totalHits: number;
  readonly resetTime: Date;
}

/**
 * Counters for `express-rate-limit`: they live through releases, and every thread counts in the same.
 *
 * @example
 * app.use(rateLimit({ limit: 100, store: new ExpressRateLimitStore() }));
 */
export class ExpressRateLimitStore {
  /** Other threads count the same clients. */
  readonly localKeys = false;
  readonly prefix: string;
  readonly #counters: BagStore<number>;
  #windowMs = 60_000;

  constructor(options?: StoreOptions) {
    this.#counters = new BagStore('express-rate-limit', options);
    this.prefix = `${this.#counters.name}:`;
  }

  init({ windowMs }: { readonly windowMs: number }): void {
    this.#windowMs = windowMs;
  }

  async get(key: string): Promise<ClientHits | undefined> {
    const entry = await this.#counters.get(key);
    return entry && { totalHits: entry.value, resetTime: new Date(entry.expiresAt) };
  }

  async increment(key: string): Promise<ClientHits> {
    const hits = await this.#add(key, 1);
    return hits ?? { totalHits: 1, resetTime: new Date(Date.now() + this.#windowMs) };
  }

  async decrement(key: string): Promise<void> {
    await this.#add(key, -1);
  }

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
