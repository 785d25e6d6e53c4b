import { onAbort } from '../core/on-abort.js';
import type { ChannelObject } from './channel-object.js';
import type { OpenThing } from './marshal.js';

/** Lets the other side wait for `signal` to be aborted. */
export function methodsOfSignal(signal: AbortSignal): OpenThing {
  let stopWaiting = (): void => {};
  const aborted = new Promise<unknown>((resolve) => {
    stopWaiting = onAbort(signal, resolve);
  });
  return { methods: { aborted: () => aborted }, abandon: stopWaiting };
}

/** A signal is only reachable through its holder, its controller through the signal. */
const controllers = new WeakMap<AbortSignal, AbortController>();
const releases = new WeakMap<AbortSignal, () => void>();
const collected = new FinalizationRegistry<() => void>((release) => release());

/** A signal of this side that is aborted when the other side's is. It is let go when it is no longer reachable here. */
export function signalFrom(remote: ChannelObject): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const weakly = new WeakRef(signal);
  const release = (): void => remote.release();
  controllers.set(signal, controller);
  releases.set(signal, release);
  collected.register(signal, release);
  remote.call('aborted', []).then(
    (reason) => abortIfReachable(weakly, reason),
    // The other side is gone, so nobody is left who wants the answer.
    (error: unknown) => abortIfReachable(weakly, error),
  );
  return signal;
}

/** Stops following the other side, because the call it came with has been answered. */
export function releaseSignal(signal: AbortSignal): void {
  releases.get(signal)?.();
  releases.delete(signal);
}

function abortIfReachable(weakly: WeakRef<AbortSignal>, reason: unknown): void {
  const signal = weakly.deref();
  if (signal) controllers.get(signal)?.abort(reason);
}
