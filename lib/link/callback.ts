import { checkArgument } from '../core/check-argument.js';
import { LiveswapError } from '../core/errors.js';
import { CallbackResult } from './callback-result.js';
import type { OpenThing, RemoteObject } from './remote-object.js';

type Callback = (...args: never[]) => unknown;

/** Facts about a received call-back for a log: its call, and its name or place among the arguments. */
export interface CallbackFacts {
  readonly call: string;
  readonly callback: string;
}

/** Calls a call-back of the other side, by its name. */
export type AskCallback = <Result>(callback: string, send: () => Promise<Result>) => Promise<Result>;

/** Origin of a received call-back. */
export interface Origin extends CallbackFacts {
  /** True when it is declared to return nothing; if it returns a value anyway, that value does not cross. */
  readonly isVoid: boolean;
  /** Performs each call of the call-back. */
  readonly ask: AskCallback;
  /** Called with a rejection that nobody took. */
  readonly onUntaken: (facts: CallbackFacts, error: unknown) => void;
}

/** Lets the other side call `callback`. `hold` counts each call as pending until the returned function is called. */
export function methodsOfCallback(callback: Callback, hold: () => () => void): OpenThing {
  const apply = async (...args: never[]): Promise<unknown> => {
    const done = hold();
    try {
      return await callback(...args);
    } finally {
      done();
    }
  };
  const tell = async (...args: never[]): Promise<void> => void (await apply(...args));
  return { methods: { apply, tell }, abandon: () => {} };
}

const remotes = new WeakMap<object, RemoteObject>();

/** Returns a function of this side that calls the other side's. */
export function callbackFrom(remote: RemoteObject, origin: Origin): (...args: unknown[]) => Promise<unknown> {
  const { call, callback: name, isVoid, ask, onUntaken } = origin;
  const method = isVoid ? 'tell' : 'apply';
  const callback = (...args: unknown[]): Promise<unknown> =>
    CallbackResult.of(
      ask(name, () => remote.call(method, args)),
      (error) => onUntaken({ call, callback: name }, error),
    );
  remotes.set(callback, remote);
  remote.releaseWith(callback);
  return callback;
}

const lifetimes = new WeakMap<object, AbortSignal>();

/**
 * Returns a signal that is aborted when a call-back from another thread is dead, so that code that keeps call-backs can drop it.
 * The reason is a {@link LiveswapError}, `THREAD_CRASHED` when its thread has died and `RETIRED` when its version has left. The
 * signal of a function of this thread is never aborted.
 *
 * @throws LiveswapError `OPTION_INVALID` when it is no function
 *
 * @example
 * handlers.add(handler);
 * lifetimeOf(handler).addEventListener('abort', () => handlers.delete(handler));
 */
export function lifetimeOf(callback: (...args: never[]) => unknown): AbortSignal {
  checkArgument('callback', callback, ['a function', (value) => typeof value === 'function']);
  const known = lifetimes.get(callback);
  if (known) return known;
  const controller = new AbortController();
  lifetimes.set(callback, controller.signal);
  remotes.get(callback)?.onGone((cause) => controller.abort(endOf(cause)));
  return controller.signal;
}

function endOf(cause: unknown): unknown {
  if (cause instanceof LiveswapError && (cause.code === 'THREAD_CRASHED' || cause.code === 'RETIRED'))
    return cause;
  return new LiveswapError('RETIRED', 'The version that made this call-back has left.', { cause });
}
