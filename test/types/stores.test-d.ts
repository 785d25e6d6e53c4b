import type { EventEmitter } from 'node:events';
import { test } from 'vitest';
import {
  expressSessionStore,
  ExpressRateLimitStore,
  fastifyRateLimitStore,
  fastifySessionStore,
} from '../../lib/stores/index.js';

interface Session {
  cookie: { originalMaxAge: number | null; expires?: Date | null };
  visits?: number;
}

/** The option `store` as the types of each package declare it, cut to what decides. */
declare const packages: {
  readonly expressSession: { readonly Store: typeof Store };
  session(options: { store?: Store }): void;
  fastifySession(options: { store?: FastifySessionStore }): void;
  rateLimit(options: { store?: RateLimitStore }): void;
  fastifyRateLimit(options: { store?: new (options: { exponentialBackoff?: boolean }) => Counters }): void;
};

declare abstract class Store extends (null as unknown as typeof EventEmitter) {
  regenerate(request: Request, callback: (error?: unknown) => unknown): void;
  abstract get(sid: string, callback: (error: unknown, session?: Session | null) => void): void;
  abstract set(sid: string, session: Session, callback?: (error?: unknown) => void): void;
  abstract destroy(sid: string, callback?: (error?: unknown) => void): void;
  touch?(sid: string, session: Session, callback?: () => void): void;
}

interface FastifySessionStore {
  set(id: string, session: Session, callback: (error?: unknown) => void): void;
  get(id: string, callback: (error: unknown, result?: Session | null) => void): void;
  destroy(id: string, callback: (error?: unknown) => void): void;
}

interface RateLimitStore {
  increment(key: string): Promise<{ totalHits: number; resetTime: Date | undefined }>;
  decrement(key: string): Promise<void> | void;
  resetKey(key: string): Promise<void> | void;
}

interface Counters {
  incr(
    key: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    timeWindow: number,
    max: number,
  ): void;
  child(route: { method: string; path: string; prefix: string }): Counters;
}

test('each store fits where the types of its package take one', () => {
  packages.session({ store: expressSessionStore(packages.expressSession, { name: 'sessions' }) });
  const kept = fastifySessionStore();
  packages.fastifySession({ store: kept });
  packages.rateLimit({ store: new ExpressRateLimitStore() });
  packages.fastifyRateLimit({ store: fastifyRateLimitStore() });
});
