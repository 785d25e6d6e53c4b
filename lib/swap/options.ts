import type { ResourceLimits } from 'node:worker_threads';
import type { Compatibility } from '../contract/check-release.js';
import { LiveswapError } from '../core/errors.js';
import type { CrashLoopLimit } from '../version/crash-loop.js';
import type { RecycleLimit } from '../version/version-settings.js';
import type { Logger } from '../core/logger.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import {
  areStrings,
  checkOptions,
  duration,
  isBoolean,
  isCount,
  isDuration,
  isFunction,
  isLimit,
  isObject,
  type Check,
} from '../core/check-options.js';
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
  /** Number of threads for each version. */
  readonly threads?: number;
  /** Names of the plugins to load; others in the folder are ignored. */
  readonly only?: readonly string[];
  /** Creates the host's own object for each generation; plugins access it as `vault.extension`. */
  readonly extension?: () => object;
  readonly onReload?: OnReload;
  /** Creates the data for `onLoad` when a load or reload is requested without data; may be async. */
  readonly data?: () => unknown;
  /** The plugins that `liveswap build --static` generated; they run in this thread. */
  readonly static?: StaticPlugins;
  /**
   * Options for individual plugins, by name: `{ billing: { threads: 4, drainMs: 60_000 } }`. A name that no plugin has is logged.
   */
  readonly plugins?: Readonly<Record<string, PluginOptions>>;
  /**
   * Number of versions of a plugin that may drain, or be pinned, beside the newest, and the action at the limit: a reload is
   * refused with `VERSIONS_FULL`, or the oldest version is cut. A number alone refuses. A rollback is never refused.
   */
  readonly maxDraining?: number | Partial<DrainingLimit>;
  /** Time that a version may drain, in milliseconds; calls still pending then reject with `DRAIN_TIMEOUT`. */
  readonly drainMs?: number;
  /** Time limit in milliseconds for running calls of an exclusive plugin to end when it hands over, and then for `onYield`. */
  readonly yieldMs?: number;
  /** Time limit in milliseconds for `onFree` together with all work that a thread still has in progress then. */
  readonly freeMs?: number;
  /** Time limit in milliseconds for a thread to import its artifact, and for each of its hooks to settle. */
  readonly startMs?: number;
  /** Default timeout in milliseconds for calls of live functions and live data; `invoke` has no timeout. */
  readonly callTimeoutMs?: number;
  /**
   * Ends a thread whose event loop has not responded for this many milliseconds while calls are pending on it; they reject with
   * `THREAD_CRASHED`. No limit by default, because slow work can be healthy. Intended for hosts that would rather lose a call
   * than a thread; it costs one message per busy thread each half of this time.
   */
  readonly stuckMs?: number;
  /**
   * Milliseconds for which a thread may hold a call whose caller has given up. After that it gets no more calls, another thread
   * replaces it, and it ends when nothing else is pending on it. Infinity means never; this also applies with static linking.
   */
  readonly abandonedMs?: number;
  /**
   * Gracefully replaces a thread that has reached one of these limits; one thread of a version at a time. Not with static
   * linking.
   */
  readonly recycle?: RecycleLimit;
  /**
   * Maximum number of pending calls for each thread. Further calls wait, except those from plugins, which pending calls may
   * depend on.
   */
  readonly concurrency?: number;
  /**
   * Number of calls that may wait for a plugin, or that plugins may make beyond `concurrency`; further ones are refused with
   * `QUEUE_FULL`.
   */
  readonly maxQueued?: number;
  /** True to start blank threads for the next version in advance, while the process is idle. */
  readonly standby?: boolean;
  /**
   * Folder for the copies that threads run, for use when the artifact folder is not writable; by default `.versions` in that
   * folder.
   */
  readonly copyDir?: string;
  /** Passed to every thread, like `env` and `execArgv`; see `worker_threads`. */
  readonly resourceLimits?: ResourceLimits;
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  /** Number of times that a call of an `@idempotent` live function is sent again when its thread dies. */
  readonly idempotentRetries?: number;
  /** Limits at which a version is given up; omitted ones have defaults. */
  readonly crashLoop?: Partial<CrashLoopLimit>;
  /** True to restore the previous generation when a young version is given up. */
  readonly autoRollback?: boolean;
  /**
   * Changes that a reload may not make: `backward` refuses those that break a known use, `strict` refuses any break, `off` allows
   * all.
   * @see CONTRACT_BROKEN
   */
  readonly compatibility?: Compatibility;
  /** Path of the file that `liveswap contract` wrote for this host; its uses are checked, too. */
  readonly contract?: string;
  /** Number of earlier generations that `rollback()` can reach. */
  readonly keep?: number;
  /**
   * Opens a control socket through which `liveswap reload`, `status` and other commands reach this swapper: in the folder of this
   * user, or at the given path.
   */
  readonly control?: boolean | string;
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

const checks: Readonly<Record<keyof SwapperOptions, Check>> = {
  threads: ['a whole number, 1 or more', isCount(1)],
  only: ['a list of plugin names', areStrings],
  plugins: ['an object with options for each plugin', isObject],
  extension: ['a function that returns an object', isFunction],
  onReload: ['a function', isFunction],
  data: ['a function', isFunction],
  static: ['what `liveswap build --static` generated', isObject],
  drainMs: duration,
  maxDraining: [
    "a whole number, 1 or more, or Infinity, or { versions, then: 'refuse' or 'cut' }",
    isDrainingLimit,
  ],
  yieldMs: duration,
  freeMs: duration,
  startMs: duration,
  callTimeoutMs: duration,
  stuckMs: ['a number of milliseconds above 0', (value) => isDuration(value) && value !== 0],
  abandonedMs: ['a number of milliseconds above 0, or Infinity', (value) => isDuration(value) && value !== 0],
  recycle: ['{ heapMb, ageMs, calls }, each a number above 0, at least one of them', isRecycleLimit],
  concurrency: ['a whole number, 1 or more, or Infinity', isLimit],
  maxQueued: ['a whole number, 0 or more, or Infinity', (value) => value === 0 || isLimit(value)],
  standby: ['true or false', isBoolean],
  copyDir: ['the path of a folder', (value) => typeof value === 'string' && value !== ''],
  resourceLimits: ['an object', isObject],
  env: ['an object', isObject],
  execArgv: ['a list of strings', areStrings],
  idempotentRetries: ['a whole number, 0 or more', isCount(0)],
  crashLoop: ['{ crashes, withinMs, rollbackWithinMs }, each a number above 0, or Infinity', isCrashLoop],
  autoRollback: ['true or false', isBoolean],
  compatibility: ["'backward', 'strict' or 'off'", isCompatibility],
  contract: ['the path of a file', (value) => typeof value === 'string' && value !== ''],
  keep: ['a whole number, 0 or more', isCount(0)],
  control: [
    'true, false, or the path of a socket',
    (value) => isBoolean(value) || (typeof value === 'string' && value !== ''),
  ],
  logger: ['an object with debug, info, warn and error', isLogger],
};

/** Fills in the defaults. @throws LiveswapError `OPTION_INVALID` naming the option */
export function resolveOptions(options: SwapperOptions): SwapperSettings {
  checkOptions(options, checks);
  for (const [plugin, own] of Object.entries(options.plugins ?? {})) checkPluginOptions(plugin, own);
  const settings = {
    ...swapperDefaults,
    ...givenOf(options),
    crashLoop: { ...swapperDefaults.crashLoop, ...givenOf(options.crashLoop ?? {}) },
    maxDraining: drainingLimit(options.maxDraining ?? {}),
  };
  return options.static ? inProcess(settings) : settings;
}

const pluginChecks: Readonly<Record<keyof PluginOptions, Check>> = {
  threads: checks.threads,
  concurrency: checks.concurrency,
  maxQueued: checks.maxQueued,
  resourceLimits: checks.resourceLimits,
  stuckMs: checks.stuckMs,
  callTimeoutMs: checks.callTimeoutMs,
  drainMs: checks.drainMs,
  yieldMs: checks.yieldMs,
  recycle: checks.recycle,
  abandonedMs: checks.abandonedMs,
  env: checks.env,
};

/** @throws LiveswapError `OPTION_INVALID` naming the option as `plugins.billing.threads` */
function checkPluginOptions(plugin: string, own: PluginOptions): void {
  try {
    checkOptions(own, pluginChecks);
  } catch (cause) {
    const inner = cause as LiveswapError;
    const option = `plugins.${plugin}${typeof inner['option'] === 'string' ? `.${inner['option']}` : ''}`;
    throw new LiveswapError('OPTION_INVALID', `In the option ${option}: ${inner.message}`, { option });
  }
}

/** Adapts settings to run in process. There is always one thread, because a second would share its `context`. */
function inProcess({ recycle: _recycle, ...settings }: SwapperSettings): SwapperSettings {
  return { ...settings, threads: 1, abandonedMs: Infinity };
}

/** Returns the options that are not `undefined`. */
function givenOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function isCrashLoop(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value as object).every(([field, limit]) => {
    if (limit === undefined) return field in swapperDefaults.crashLoop;
    if (field === 'crashes') return isLimit(limit);
    return field in swapperDefaults.crashLoop && isDuration(limit) && limit !== 0;
  });
}

function drainingLimit(limit: number | Partial<DrainingLimit>): DrainingLimit {
  const given = typeof limit === 'number' ? { versions: limit } : givenOf(limit);
  return { ...swapperDefaults.maxDraining, ...given };
}

function isDrainingLimit(value: unknown): boolean {
  if (isLimit(value)) return true;
  if (!isObject(value)) return false;
  return Object.entries(givenOf(value as object)).every(([field, given]) => {
    if (field === 'versions') return isLimit(given);
    return field === 'then' && (given === 'refuse' || given === 'cut');
  });
}

function isCompatibility(value: unknown): boolean {
  return value === 'backward' || value === 'strict' || value === 'off';
}

function isRecycleLimit(value: unknown): boolean {
  if (!isObject(value)) return false;
  const limits = Object.entries(givenOf(value as RecycleLimit));
  const isLimited = ([name, limit]: [string, unknown]): boolean =>
    ['heapMb', 'ageMs', 'calls'].includes(name) && isDuration(limit) && limit !== 0;
  return limits.length > 0 && limits.every(isLimited);
}

function isLogger(value: unknown): boolean {
  return (
    isObject(value) &&
    ['debug', 'info', 'warn', 'error'].every((level) => isFunction((value as never)[level]))
  );
}
