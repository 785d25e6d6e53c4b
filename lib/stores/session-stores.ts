import { EventEmitter } from 'node:events';
import { BagStore, type StoreOptions } from './bag-store.js';

/** A session, as far as its store has to know it. */
export interface StoredSession {
  /** Its cookie, which says when it ends. */
  readonly cookie?: { readonly expires?: Date | string | number | false | null | undefined } | undefined;
}

/** Node's form: an error first, or `null`. */
export type SessionCallback<Result = void> = (error: unknown, result?: Result) => void;

/** Methods that `express-session` and `@fastify/session` call on a store. */
export interface SessionStore extends EventEmitter {
  /** Gives the session; `null` when there is none. */
  get(id: string, done: SessionCallback<StoredSession | null>): void;
  /** Writes a session. */
  set(id: string, session: StoredSession, done?: SessionCallback): void;
  /** Removes a session. */
  destroy(id: string, done?: SessionCallback): void;
  /** Writes the cookie of a session that is otherwise as it was. */
  touch(id: string, session: StoredSession, done?: SessionCallback): void;
}

/** Lifetime of a session whose cookie has no end, in milliseconds. */
const DAY_MS = 86_400_000;

type Emitting = new () => EventEmitter;

/**
 * A store of sessions for `@fastify/session`: they live through releases.
 *
 * @example
 * await fastify.register(fastifySession, { secret, store: fastifySessionStore() });
 */
export function fastifySessionStore(options?: StoreOptions): SessionStore {
  return new (storeClass(EventEmitter, 'fastify-session', options))();
}

/**
 * A store of sessions for `express-session`, which is given: they live through releases.
 *
 * @example
 * app.use(session({ secret, store: expressSessionStore(session) }));
 */
export function expressSessionStore(
  session: { readonly Store: unknown },
  options?: StoreOptions,
): SessionStore {
  return new (storeClass(session.Store as Emitting, 'express-session', options))();
}

function storeClass(Base: Emitting, kind: string, options?: StoreOptions): new () => SessionStore {
  const sessions = new BagStore<string>(kind, options);
  return class extends Base implements SessionStore {
    get(id: string, done: SessionCallback<StoredSession | null>): void {
      const found = sessions
        .get(id)
        .then((entry) => (entry ? (JSON.parse(entry.value) as StoredSession) : null));
      answer(found, done);
    }

    set(id: string, session: StoredSession, done?: SessionCallback): void {
      answer(sessions.set(id, { value: JSON.stringify(session), expiresAt: endOf(session) }), done);
    }

    destroy(id: string, done?: SessionCallback): void {
      answer(sessions.delete(id), done);
    }

    /** Only its cookie is newer: what is in it may have been changed meanwhile. */
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

/** Outside of the promise: what a call-back throws is nobody's rejection. */
function answer<Result>(work: Promise<Result>, done: SessionCallback<Result> = () => {}): void {
  work.then(
    (result) => process.nextTick(done, null, result),
    (error: unknown) => process.nextTick(done, error),
  );
}
