import type { Logger } from '../core/logger.js';
import type { Cause } from './cause.js';
import { boundHost, type PluginHost, type RunningCall } from './host-binding.js';
import type { Vault } from './vault.js';

/**
 * Facts about the environment of a plugin. The object belongs to the artifact, so it is right both in a thread and in static
 * linking; outside a running plugin it throws `NOT_LOADED`.
 */
export const context: Readonly<Omit<PluginHost, 'callImport' | 'lifetimeOf' | 'liveClasses' | 'transfer'>> = {
  get plugin(): string {
    return boundHost().plugin;
  },
  get version(): string {
    return boundHost().version;
  },
  get thread(): PluginHost['thread'] {
    return boundHost().thread;
  },
  get vault(): Vault {
    return boundHost().vault;
  },
  get signal(): AbortSignal {
    return boundHost().signal;
  },
  get log(): Logger {
    return boundHost().log;
  },
  get cause(): Cause {
    return boundHost().cause;
  },
  get active(): boolean {
    return boundHost().active;
  },
  get yielding(): AbortSignal {
    return boundHost().yielding;
  },
  get call(): RunningCall | undefined {
    return boundHost().call;
  },
  waitUntil(promise: Promise<unknown>): void {
    boundHost().waitUntil(promise);
  },
};

/** Moves the objects in `list`, instead of copying them, when `value` is returned or passed on. */
export function transfer<T extends object>(value: T, list: readonly unknown[]): T {
  return boundHost().transfer(value, list);
}

/**
 * Returns a signal that is aborted when a call-back from another thread is dead, so that code that keeps call-backs can drop it.
 * The reason is a LiveswapError, `THREAD_CRASHED` when its thread has died and `RETIRED` when its version has left. The signal of
 * a function of this thread is never aborted.
 *
 * @throws LiveswapError `OPTION_INVALID` when it is no function
 *
 * @example
 * watchers.add(onChange);
 * lifetimeOf(onChange).addEventListener('abort', () => watchers.delete(onChange));
 */
export function lifetimeOf(callback: (...args: never[]) => unknown): AbortSignal {
  return boundHost().lifetimeOf(callback);
}
