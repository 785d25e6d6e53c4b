import { bindLiveClasses } from '../live-data/bound-classes.js';
import { bindOrigin } from '../live-data/bound-origin.js';
import type { LiveClasses } from '../live-data/live-data.js';
import type { Vault } from './vault.js';
import { LiveswapError } from '../core/errors.js';
import type { Carrier } from '../core/carrier.js';
import type { Logger } from '../core/logger.js';
import type { Cause } from './cause.js';

/** The call that is being answered. */
export interface RunningCall {
  /** Name of the live function, export or plugin function. */
  readonly name: string;
  /** Aborted when the caller gave up: its signal was aborted, its deadline passed, or its thread is gone. */
  readonly signal: AbortSignal;
  /**
   * Strings that the call carries from its callers: from the swapper's option `carrier`, from `with({ carrier })`, or from the
   * trace headers of an HTTP request (`traceparent`, `tracestate`, `baggage`). `undefined` when there are none.
   */
  readonly carrier?: Carrier | undefined;
}

/** Services of a thread for the artifact that runs in it. */
export interface PluginHost {
  readonly plugin: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
  readonly thread: { readonly index: number; readonly count: number };
  readonly vault: Vault;
  /** Aborted when draining starts. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Reason of the hook that runs, or ran last. */
  readonly cause: Cause;
  /** True while this version is the active one. */
  readonly active: boolean;
  /**
   * Aborted when the version is about to yield, so that waiting code can answer early. It is a new signal after a refused reload.
   */
  readonly yielding: AbortSignal;
  readonly call: RunningCall | undefined;
  /** The artifact's live types, as which live data is unwrapped. */
  readonly liveClasses?: LiveClasses;
  /** Carrier that identifies the running work, for live data that is made in it. */
  readonly origin?: Carrier | undefined;
  waitUntil(promise: Promise<unknown>): void;
  /** Calls a method that a dependency exports, in the same generation. */
  callImport(plugin: string, method: string, args: unknown[]): Promise<unknown>;
  /** Sends a message to the service that serves the plugin besides its calls, if there is one. */
  tellService?(name: string, message: unknown): void;
  /** Marks buffers, ports and streams inside `value` to be moved instead of copied when it crosses. */
  transfer<T extends object>(value: T, list: readonly unknown[]): T;
  /** Returns a signal that is aborted when a call-back from another thread is dead. */
  lifetimeOf(callback: (...args: never[]) => unknown): AbortSignal;
}

let bound: PluginHost | undefined;

/** Binds this copy of the module, which is bundled into an artifact, to the thread that runs it. */
export function bind(host: PluginHost): void {
  bound = host;
  if (host.liveClasses) bindLiveClasses(host.liveClasses);
  bindOrigin(() => host.origin);
}

/** Returns the host in which this artifact runs. @throws LiveswapError `NOT_LOADED` outside a running plugin. */
export function boundHost(): PluginHost {
  if (!bound) {
    throw new LiveswapError(
      'NOT_LOADED',
      'Cannot use the plugin context: this module is not running as a plugin (or is still being imported); use it inside hooks and functions, and mount the plugin with liveswap/testing to test it.',
    );
  }
  return bound;
}
