import type { RemoteObject } from './remote-object.js';

/** What ends here when the other side's stream does. */
export interface Follower {
  /** Nothing happens without it. */
  end?(): void;
  fail(error: unknown): void;
}

/** The follower of each stream. It is only reachable through the stream. */
const followers = new WeakMap<object, Follower>();

/**
 * Ends a stream when the other side's ends, for code that only waits for the end. This does not keep alive a stream that nobody
 * else refers to.
 */
export function followEnd(remote: RemoteObject, stream: object, follower: Follower): void {
  followers.set(stream, follower);
  const weakly = new WeakRef(stream);
  const known = (): Follower | undefined => {
    const followed = weakly.deref();
    return followed && followers.get(followed);
  };
  remote.call('ended', []).then(
    () => known()?.end?.(),
    (error: unknown) => known()?.fail(error),
  );
}
