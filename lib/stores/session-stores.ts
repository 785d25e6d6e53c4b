import { EventEmitter } from 'node:events';
import { checkArgument } from '../core/check-argument.js';
import type { Check } from '../core/check-options.js';
import { BagStore, type StoreOptions } from './bag-store.js';

/** The part of a session that a store needs. */
export interface StoredSession {
  /** The cookie of the session, which holds the expiry. */
  readonly cookie?: { readonly expires?: Date | string | number | false | null | undefined } | undefined;
}

/** Node's form: an error first, or `null`. */
export type SessionCallback<Result = void> = (error: unknown, result?: Result) => void;

/** Methods that `express-session` and `@fastify/session` call on a store. */
export interface SessionStore extends EventEmitter {
  /** Gives the session; `null` when there is none. Which fields it has, the app alone knows. */
  get<Session = StoredSession | null>(id: string, done: SessionCallback<Session>): void;
  /** Writes a session. */
  set(id: string, session: StoredSession, done?: SessionCallback): void;
  /** Removes a session. */
  destroy(id: string, done?: SessionCallback): void;
  /** Updates only the cookie of a session. */
  touch(id: string, session: StoredSession, done?: SessionCallback): void;
}

/** Lifetime of a session whose cookie has no end, in milliseconds. */
const DAY_MS = 86_400_000;

type Emitting = new () => EventEmitter;

const sessionCheck: Check = [
  'express-session itself',
  (value) =>
    typeof (value as { readonly Store?: { readonly prototype?: unknown } } | null | undefined)?.Store
      ?.prototype === 'object',
];

/**
 * Returns a store for `@fastify/session` whose sessions survive releases.
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * await fastify.register(fastifySession, { secret, store: fastifySessionStore() });
 */
export function fastifySessionStore(options?: StoreOptions): SessionStore {
  return new (storeClass(EventEmitter, 'fastify-session', options))();
}

/**
 * Returns a store for `express-session`, which is passed in; its sessions survive releases.
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * app.use(session({ secret, store: expressSessionStore(session) }));
 */
export function expressSessionStore<Store extends object>(
  session: { readonly Store: abstract new () => Store },
  options?: StoreOptions,
): SessionStore & Store {
  checkArgument('session', session, sessionCheck);
  const Base = session.Store as unknown as Emitting;
  return new (storeClass(Base, 'express-session', options))() as SessionStore & Store;
}

function storeClass(Base: Emitting, kind: string, options?: StoreOptions): new () => SessionStore {
  const sessions = new BagStore<string>(kind, options);
  return class extends Base implements SessionStore {
    get<Session>(id: string, done: SessionCallback<Session>): void {
      const found = sessions.get(id).then((entry) => JSON.parse(entry?.value ?? 'null') as Session);
      answer(found, done);
    }

    set(id: string, session: StoredSession, done?: SessionCallback): void {
      answer(sessions.set(id, { value: JSON.stringify(session), expiresAt: endOf(session) }), done);
    }

    destroy(id: string, done?: SessionCallback): void {
      answer(sessions.delete(id), done);
    }

    /** Updates only the cookie, because the session itself may have been changed meanwhile. */
    touch(id: string, session: StoredSession, done?: SessionCallback): void {
      const { cookie } = session;
      const expiresAt = endOf(session);
      const touched = sessions.update(
        id,
        (entry) =>
          entry && { value: JSON.stringify({ ...(JSON.parse(entry.value) as object), cookie }), expiresAt },
      );
      answer(
        touched.then(() => {}),
        done,
      );
    }
  };
}

function endOf({ cookie }: StoredSession): number {
  const expires = cookie?.expires;
  return expires ? new Date(expires).getTime() : Date.now() + DAY_MS;
}

/**
 * Calls back with the result of `work`. This happens outside the promise, so that an error of the call-back does not become a
 * rejection.
 */
function answer<Result>(work: Promise<Result>, done: SessionCallback<Result> = () => {}): void {
  work.then(
    (result) => process.nextTick(done, null, result),
    (error: unknown) => process.nextTick(done, error),
  );
}
