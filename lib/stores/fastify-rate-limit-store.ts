import { BagStore, type StoreOptions } from './bag-store.js';

/** Options that `@fastify/rate-limit` gives to a store: its own, or those of a route. */
export interface RateLimitParams {
  /** True to restart the time window with each hit beyond the limit. Default `false`. */
  readonly continueExceeding?: boolean;
  /** True to double the time with each hit beyond the limit. Default `false`. */
  readonly exponentialBackoff?: boolean;
  /** The route to which the limit applies. Default: none. */
  readonly routeInfo?: { readonly method?: string | readonly string[]; readonly url?: string };
}

/** Number of hits of a client, and the milliseconds until counting restarts. */
export interface ClientCount {
  /** Number of hits since counting began. */
  readonly current: number;
  /** Milliseconds until counting restarts. */
  readonly ttl: number;
}

type CountCallback = (error: Error | null, count?: ClientCount) => void;

/** Methods that `@fastify/rate-limit` calls on a store. */
export interface RateLimitCounters {
  /** Counts a hit. */
  incr(key: string, done: CountCallback, timeWindow: number, max: number): void;
  /** Gives the current count, without counting a hit. */
  read(key: string, done: CountCallback, timeWindow: number, max: number): void;
  /** Returns the counters of a route; `params` are {@link RateLimitParams}, whatever the types of the package say. */
  child(params: object): RateLimitCounters;
}

/**
 * Returns the class of a store for `@fastify/rate-limit` whose counters survive releases; all threads share them.
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * await fastify.register(rateLimit, { max: 100, store: fastifyRateLimitStore() });
 */
export function fastifyRateLimitStore(
  options?: StoreOptions,
): new (params: RateLimitParams) => RateLimitCounters {
  const counters = new BagStore<number>('fastify-rate-limit', options);
  return class FastifyRateLimitStore extends Counters {
    constructor(params: RateLimitParams) {
      super(counters, params, '');
    }
  };
}

class Counters implements RateLimitCounters {
  readonly #counters: BagStore<number>;
  readonly #params: RateLimitParams;
  /** Beginning of the keys of one route, because each route counts for itself. */
  readonly #prefix: string;

  constructor(counters: BagStore<number>, params: RateLimitParams, prefix: string) {
    this.#counters = counters;
    this.#params = params;
    this.#prefix = prefix;
  }

  incr(key: string, done: CountCallback, timeWindow: number, max: number): void {
    const { continueExceeding = false, exponentialBackoff = false } = this.#params;
    const counted = this.#counters.update(this.#prefix + key, (entry) => {
      const current = (entry?.value ?? 0) + 1;
      const isOver = current > max;
      if (entry && isOver && exponentialBackoff && !continueExceeding) {
        const longer = timeWindow * 2 ** (current - max - 1);
        return { value: current, expiresAt: Date.now() + Math.min(longer, Number.MAX_SAFE_INTEGER / 2) };
      }
      const isNew = !entry || (isOver && continueExceeding);
      return { value: current, expiresAt: isNew ? Date.now() + timeWindow : entry.expiresAt };
    });
    counted.then(
      (entry) =>
        done(null, { current: entry?.value ?? 1, ttl: entry ? entry.expiresAt - Date.now() : timeWindow }),
      (error: Error) => done(error),
    );
  }

  read(key: string, done: CountCallback): void {
    this.#counters.get(this.#prefix + key).then(
      (entry) => done(null, { current: entry?.value ?? 0, ttl: entry ? entry.expiresAt - Date.now() : 0 }),
      (error: Error) => done(error),
    );
  }

  child(params: RateLimitParams): RateLimitCounters {
    const { method = '', url = '' } = params.routeInfo ?? {};
    return new Counters(this.#counters, params, `${this.#prefix}${String(method)}${url} `);
  }
}
