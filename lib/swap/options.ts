import type { ResourceLimits } from 'node:worker_threads';
import type { Carrier } from '../core/carrier.js';
import type { Compatibility } from '../contract/check-release.js';
import type { CrashLoopLimit } from '../version/crash-loop.js';
import type { RecycleLimit } from '../version/version-settings.js';
import type { Tracing } from '../core/tracing.js';
import type { Logger } from '../core/logger.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import type { DrainingLimit } from './draining-bound.js';
import type { Generation } from './generation.js';
import type { PluginOptions } from './plugin-options.js';

/**
 * Receives the generation that is about to become current and the previous one; throws to veto. The reload waits for it, so it
 * must not itself wait for another reload, which would run only after this one.
 */
export type OnReload = (next: Generation, previous: Generation | undefined) => unknown;

/** Options of a {@link Swapper}. All are optional; {@link swapperDefaults} has the defaults. */
export interface SwapperOptions {
  /** Number of threads for each version. Default 1. */
  readonly threads?: number;
  /** Names of the plugins to load; others in the folder are ignored. Default: all there are. */
  readonly only?: readonly string[];
  /** Creates the host's own object for each generation; plugins access it as `vault.extension`. Default: none. */
  readonly extension?: () => object;
  /** Called with the next generation before it becomes current; throws to veto. Default: none. */
  readonly onReload?: OnReload;
  /** Creates the data for `onLoad` when a load or reload is requested without data; may be async. Default: `undefined`. */
  readonly data?: () => unknown;
  /**
   * The plugins that `liveswap build --static` generated; they run in this thread. Default: artifacts are read from the
   * folder, and run in threads.
   */
  readonly static?: StaticPlugins;
  /**
   * Options for individual plugins, by name: `{ billing: { threads: 4, drainMs: 60_000 } }`. A name that no plugin has is logged.
   * Default: none.
   */
  readonly plugins?: Readonly<Record<string, PluginOptions>>;
  /**
   * Number of versions of a plugin that may drain, or be pinned, beside the newest, and the action at the limit: a reload is
   * refused with `VERSIONS_FULL`, or the oldest version is cut. A number alone refuses. A rollback is never refused.
   * Default `{ versions: 8, then: 'refuse' }`.
   */
  readonly maxDraining?: number | Partial<DrainingLimit>;
  /** Time that a version may drain, in milliseconds; calls still pending then reject with `DRAIN_TIMEOUT`. Default 300 000. */
  readonly drainMs?: number;
  /**
   * Time limit in milliseconds for running calls of an exclusive plugin to end when it hands over, and then for `onYield`.
   * Default 5000.
   */
  readonly yieldMs?: number;
  /** Time limit in milliseconds for `onFree` together with all work that a thread still has in progress then. Default 5000. */
  readonly freeMs?: number;
  /** Time limit in milliseconds for a thread to import its artifact, and for each of its hooks to settle. Default 30 000. */
  readonly startMs?: number;
  /** Default timeout in milliseconds for calls of live functions and live data; `invoke` has no timeout. Default: none. */
  readonly callTimeoutMs?: number;
  /**
   * Creates the carrier of each call that the host makes: a map of strings, at most 8 KB, that goes with the call to all that is
   * called on its behalf. The function runs in the context of the caller, so it may read an `AsyncLocalStorage`. `with({ carrier
   * })` wins over it. Default: calls carry nothing.
   * @see `context.call.carrier`
   */
  readonly carrier?: () => Carrier | undefined;
  /** Traces calls, reloads and drains: `tracing()` of `liveswap/otel`. Default: nothing is traced. */
  readonly tracing?: Tracing;
  /**
   * Ends a thread whose event loop has not responded for this many milliseconds while calls are pending on it; they reject with
   * `THREAD_CRASHED`. No limit by default, because slow work can be healthy. Intended for hosts that would rather lose a call
   * than a thread; it costs one message per busy thread each half of this time.
   */
  readonly stuckMs?: number;
  /**
   * Milliseconds for which a thread may hold a call whose caller has given up. After that it gets no more calls, another thread
   * replaces it, and it ends when nothing else is pending on it. Infinity means never, and always applies with static linking.
   * Default 30 000.
   */
  readonly abandonedMs?: number;
  /**
   * Gracefully replaces a thread that has reached one of these limits; one thread of a version at a time. Not with static
   * linking. Default: none is replaced.
   */
  readonly recycle?: RecycleLimit;
  /**
   * Maximum number of pending calls for each thread. Further calls wait, except those from plugins, which pending calls may
   * depend on. Default Infinity.
   */
  readonly concurrency?: number;
  /**
   * Number of calls that may wait for a plugin, or that plugins may make beyond `concurrency`; further ones are refused with
   * `QUEUE_FULL`. Default 10 000.
   */
  readonly maxQueued?: number;
  /** True to start idle threads for the next version in advance, while the process is idle. Default `true`. */
  readonly standby?: boolean;
  /**
   * Folder for the copies that threads run, for use when the artifact folder is not writable; by default `.versions` in that
   * folder.
   */
  readonly copyDir?: string;
  /** Passed to every thread, like `env` and `execArgv`; see `worker_threads`. Default: those of Node. */
  readonly resourceLimits?: ResourceLimits;
  /** Environment of every thread; see `worker_threads`. Default: a copy of the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Flags of Node for every thread; see `worker_threads`. Default: those of the process. */
  readonly execArgv?: readonly string[];
  /** Number of times that a call of an `@idempotent` live function is sent again when its thread dies. Default 1. */
  readonly idempotentRetries?: number;
  /** Limits at which a version is given up; omitted ones have defaults. */
  readonly crashLoop?: Partial<CrashLoopLimit>;
  /** True to restore the previous generation when a young version is given up. Default `true`. */
  readonly autoRollback?: boolean;
  /**
   * Changes that a reload may not make: `backward` refuses those that break a known use, `strict` refuses any break, `off` allows
   * all. Default `backward`.
   * @see CONTRACT_BROKEN
   */
  readonly compatibility?: Compatibility;
  /** Path of the file that `liveswap contract` wrote for this host; its uses are checked, too. Default: none. */
  readonly contract?: string;
  /** Number of earlier generations that `rollback()` can reach. Default 1. */
  readonly keep?: number;
  /**
   * Opens a control socket through which `liveswap reload`, `status` and other commands reach this swapper: in the folder of this
   * user, or at the given path. Default `false`.
   */
  readonly control?: boolean | string;
  /** Receives what happens, in the shape of pino. Default: warnings and errors go to stderr. */
  readonly logger?: Logger;
}

/** Options with all defaults filled in. */
export type SwapperSettings = Required<Omit<SwapperOptions, OptionalName | 'crashLoop' | 'maxDraining'>> &
  Pick<SwapperOptions, OptionalName> & {
    readonly crashLoop: CrashLoopLimit;
    readonly maxDraining: DrainingLimit;
  };

type OptionalName =
  | 'only'
  | 'extension'
  | 'onReload'
  | 'data'
  | 'carrier'
  | 'tracing'
  | 'static'
  | 'copyDir'
  | 'callTimeoutMs'
  | 'plugins'
  | 'contract'
  | 'stuckMs'
  | 'recycle'
  | 'resourceLimits'
  | 'env'
  | 'execArgv'
  | 'logger';

/** Default options. */
export const swapperDefaults = {
  threads: 1,
  drainMs: 300_000,
  yieldMs: 5_000,
  freeMs: 5_000,
  startMs: 30_000,
  abandonedMs: 30_000,
  concurrency: Infinity,
  maxQueued: 10_000,
  standby: true,
  idempotentRetries: 1,
  crashLoop: { crashes: 5, withinMs: 60_000, rollbackWithinMs: 300_000 },
  autoRollback: true,
  compatibility: 'backward',
  maxDraining: { versions: 8, then: 'refuse' },
  keep: 1,
  control: false,
} as const;
