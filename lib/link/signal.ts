import { onAbort } from '../core/on-abort.js';
import type { OpenThing, RemoteObject } from './remote-object.js';

/**
 * The end of a signal. The reason is wrapped, because a promise that is resolved with it would look for its `then`: it would wait
 * for a reason that is a promise, and reject, which nobody handles, for a Proxy that throws.
 */
interface Aborted {
  readonly reason: unknown;
}

/** Rejects with the reason, which therefore crosses as it is, like that of a signal that is aborted already. */
async function tellReason(aborted: Promise<Aborted>): Promise<never> {
  throw (await aborted).reason;
}

/** Lets the other side wait for `signal` to be aborted. */
export function methodsOfSignal(signal: AbortSignal): OpenThing {
  let stopWaiting = (): void => {};
  const aborted = new Promise<Aborted>((resolve) => {
    stopWaiting = onAbort(signal, (reason) => resolve({ reason }));
  });
  return { methods: { aborted: () => tellReason(aborted) }, abandon: stopWaiting };
}

/** Functions that stop waiting for a signal. The signal may be collected meanwhile. */
const stops = new WeakMap<AbortSignal, () => void>();

/** Like {@link methodsOfSignal}, but the signal can be collected while it is exposed. */
export function methodsOfLastingSignal(signal: AbortSignal): OpenThing {
  return lastingMethods(new WeakRef(signal), whenAborted(signal));
}

function whenAborted(signal: AbortSignal): Promise<Aborted> {
  return new Promise((resolve) =>
    stops.set(
      signal,
      onAbort(signal, (reason) => resolve({ reason })),
    ),
  );
}

/**
 * Returns the methods of a signal. No function in this scope may refer to the signal itself, because closures of one scope keep
 * everything that any of them refers to.
 */
function lastingMethods(weakly: WeakRef<AbortSignal>, aborted: Promise<Aborted>): OpenThing {
  const abandon = (): void => {
    const signal = weakly.deref();
    if (signal) stops.get(signal)?.();
  };
  return { methods: { aborted: () => tellReason(aborted) }, abandon };
}

/** The controller of each signal. A signal is reachable only through its holder, and a controller only through its signal. */
const controllers = new WeakMap<AbortSignal, AbortController>();
const remotes = new WeakMap<AbortSignal, RemoteObject>();

/**
 * Returns a signal of this side that is aborted when the other side's is. The call it came with must keep it, because waiting
 * code may be reachable only through the signal. It is released when nobody keeps it.
 */
export function signalFrom(remote: RemoteObject): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const weakly = new WeakRef(signal);
  controllers.set(signal, controller);
  remote.releaseWith(signal);
  remotes.set(signal, remote);
  const abort = (reason: unknown): void => {
    const known = weakly.deref();
    if (known) controllers.get(known)?.abort(reason);
  };
  // When the other side is gone, nobody needs the answer.
  remote.call('aborted', []).then(abort, abort);
  return signal;
}

/**
 * Returns a signal that is aborted when the other side's is. It came with a result, so its channel keeps it instead of a call,
 * until it is aborted or the other side's signal is gone. The same remote signal always gives the same one here.
 */
export function lastingSignalFrom(remote: RemoteObject): AbortSignal {
  return remote.standIn(() => {
    const controller = new AbortController();
    const abort = (reason: unknown): void => {
      remote.release();
      controller.abort(reason);
    };
    remote.call('aborted', []).then(abort, abort);
    return controller.signal;
  });
}

/** Stops following the other side's signal, because the call it came with has been answered. Other values are ignored. */
export function releaseSignal(value: unknown): void {
  if (value instanceof AbortSignal) remotes.get(value)?.release();
}
