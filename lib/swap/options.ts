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
 * Told of the generation that is about to become current and of the one before; throws to veto. It is waited for, so it
 * must not itself wait for another reload: that one runs after this one.
 */
export type OnReload = (next: Generation, previous: Generation | undefined) => unknown;

/** Options of a {@link Swapper}; all are optional, with {@link swapperDefaults}. */
export interface SwapperOptions {
  /** Threads a version. */
  readonly threads?: number;
  /** Names of the plugins to load; others in the folder are left alone. */
  readonly only?: readonly string[];
  /** Makes the host's own object, anew for each generation; plugins reach it as `vault.extension`. */
  readonly extension?: () => object;
  readonly onReload?: OnReload;
  /** Makes what `onLoad` is given by a load or reload that is asked for without data; may be async. */
  readonly data?: () => unknown;
  /** What `liveswap build --static` generated: the plugins run in this thread. */
  readonly static?: StaticPlugins;
  /** What single plugins have of their own, by name: `{ billing: { threads: 4, drainMs: 60_000 } }`. A name that no plugin has is said in the log. */
  readonly plugins?: Readonly<Record<string, PluginOptions>>;
  /**
   * How many versions of a plugin may drain, or be pinned, beside the newest, and what happens when one more would: a reload is
   * refused with `VERSIONS_FULL`, or the oldest is cut. A number alone refuses. A rollback is never refused.
   */
  readonly maxDraining?: number | Partial<DrainingLimit>;
  /** Milliseconds a version may drain; what is pending then rejects `DRAIN_TIMEOUT`. */
  readonly drainMs?: number;
  /** Milliseconds that what runs in an exclusive plugin may take to end when it hands over, and then `onYield`. */
  readonly yieldMs?: number;
  /** Milliseconds that `onFree`, and what a thread has still under way then, may take together. */
  readonly freeMs?: number;
  /** Milliseconds a thread may take to import its artifact, and each of its hooks to settle. */
  readonly startMs?: number;
  /** Milliseconds a call of a live function or of live data may take unless it says otherwise; `invoke` takes as long as it takes. */
  readonly callTimeoutMs?: number;
  /**
   * Ends a thread whose event loop has not answered for so many milliseconds while something is pending on it; its calls
   * reject `THREAD_CRASHED`. None by default: work that is slow but healthy is nobody's to kill. For hosts that would rather
   * lose a call than a thread; it costs a message a busy thread each half of this time.
   */
  readonly stuckMs?: number;
  /**
   * Milliseconds for which a thread may hold a call whose caller has given up. After that it is given no more calls, another one takes
   * its place, and it ends when nothing else is pending on it. Infinity: never; in static linking, too.
   */
  readonly abandonedMs?: number;
  /** Replaces a thread in peace that has reached one of these; one thread of a version at a time. Not in static linking. */
  readonly recycle?: RecycleLimit;
  /** Pending calls a thread; more wait, but for those that plugins make, which may be what the pending ones wait for. */
  readonly concurrency?: number;
  /** Calls that may wait for a plugin, or that plugins may make beyond `concurrency`; more are refused with `QUEUE_FULL`. */
  readonly maxQueued?: number;
  /** Whether blank threads are booted ahead, when the process is idle, for the next version. */
  readonly standby?: boolean;
  /** Folder for the copies that threads run, when the folder of the artifacts cannot be written to; `.versions` there by default. */
  readonly copyDir?: string;
  /** Given to every thread, like `env` and `execArgv`; see `worker_threads`. */
  readonly resourceLimits?: ResourceLimits;
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  /** How often a call of an `@idempotent` live function is sent again when its thread dies. */
  readonly idempotentRetries?: number;
  /** When to give a version up; what is left out has its default. */
  readonly crashLoop?: Partial<CrashLoopLimit>;
  /** Whether a young version that is given up brings the generation before back. */
  readonly autoRollback?: boolean;
  /**
   * What a reload may not break: `backward`, what somebody is known to use; `strict`, anything at all; `off`, it may.
   * @see CONTRACT_BROKEN
   */
  readonly compatibility?: Compatibility;
  /** Path of the file that `liveswap contract` wrote of this host: what it uses counts, too. */
  readonly contract?: string;
  /** How many earlier generations `rollback()` can reach. */
  readonly keep?: number;
  /**
   * Opens a control socket, by which `liveswap reload`, `status` and the like reach this swapper: in the folder of this user, or at a
   * path.
   */
  readonly control?: boolean | string;
  readonly logger?: Logger;
}

/** Options with every default in place. */
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

/** What holds where nothing is said. */
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

/** In process there is one thread, whatever was wished for; a second one beside it would share its `context`. */
function inProcess({ recycle: _recycle, ...settings }: SwapperSettings): SwapperSettings {
  return { ...settings, threads: 1, abandonedMs: Infinity };
}

/** What is not left out. */
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
