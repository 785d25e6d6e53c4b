import type { ResourceLimits } from 'node:worker_threads';
import type { Tracing } from '../core/tracing.js';
import {
  areOptions,
  areStrings,
  checkOptions,
  duration,
  givenOf,
  isBoolean,
  isCount,
  isDuration,
  isFunction,
  isLimit,
  isObject,
  isText,
  type Check,
  type Checks,
} from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { loggerCheck } from '../core/logger.js';
import { keyOf } from '../core/plugin-key.js';
import type { StaticPlugin } from '../static/static-plugins.js';
import type { RecycleLimit } from '../version/version-settings.js';
import type { DrainingLimit } from './draining-bound.js';
import { swapperDefaults, type SwapperOptions, type SwapperSettings } from './options.js';
import type { PluginOptions } from './plugin-options.js';

const megabytes: Check = ['a number, 0 or more', (value) => typeof value === 'number' && value >= 0];

/** Node ignores a limit that it does not know, or that is no number: the thread would have none. */
const resourceLimitsChecks: Checks<ResourceLimits> = {
  maxYoungGenerationSizeMb: megabytes,
  maxOldGenerationSizeMb: megabytes,
  codeRangeSizeMb: megabytes,
  stackSizeMb: megabytes,
};

/** The requirement on each option. */
const checks: Readonly<Record<keyof SwapperOptions, Check>> = {
  threads: ['a whole number, 1 or more', isCount(1)],
  only: ['a list of plugin names', areStrings],
  plugins: ['an object with options for each plugin', isObject],
  extension: ['a function that returns an object', isFunction],
  onReload: ['a function', isFunction],
  data: ['a function', isFunction],
  static: [
    'the default export of static-plugins.mjs, which `liveswap build --static` writes',
    areStaticPlugins,
  ],
  drainMs: duration,
  maxDraining: [
    "a whole number, 1 or more, or Infinity, or { versions, then: 'refuse' or 'cut' }",
    isDrainingLimit,
  ],
  yieldMs: duration,
  freeMs: duration,
  startMs: duration,
  callTimeoutMs: duration,
  carrier: ['a function', isFunction],
  tracing: ['what tracing() of liveswap/otel returns', isTracing],
  stuckMs: ['a number of milliseconds above 0', (value) => isDuration(value) && value !== 0],
  abandonedMs: ['a number of milliseconds above 0, or Infinity', (value) => isDuration(value) && value !== 0],
  recycle: ['{ heapMb, ageMs, calls }, each a number above 0, at least one of them', isRecycleLimit],
  concurrency: ['a whole number, 1 or more, or Infinity', isLimit],
  maxQueued: ['a whole number, 0 or more, or Infinity', (value) => value === 0 || isLimit(value)],
  standby: ['true or false', isBoolean],
  copyDir: ['the path of a folder', isText],
  resourceLimits: [
    '{ maxOldGenerationSizeMb, maxYoungGenerationSizeMb, codeRangeSizeMb, stackSizeMb }, each a number of megabytes',
    areOptions(resourceLimitsChecks),
  ],
  env: ['an object', isObject],
  execArgv: ['a list of strings', areStrings],
  idempotentRetries: ['a whole number, 0 or more', isCount(0)],
  crashLoop: ['{ crashes, withinMs, rollbackWithinMs }, each a number above 0, or Infinity', isCrashLoop],
  autoRollback: ['true or false', isBoolean],
  compatibility: ["'backward', 'strict' or 'off'", isCompatibility],
  contract: ['the path of a file', isText],
  keep: ['a whole number, 0 or more', isCount(0)],
  control: ['true, false, or the path of a socket', (value) => isBoolean(value) || isText(value)],
  logger: loggerCheck,
};

/** Fills in the defaults. @throws LiveswapError `OPTION_INVALID` naming the option */
export function resolveOptions(options: SwapperOptions): SwapperSettings {
  checkOptions(options, checks);
  checkPlugins(options.plugins ?? {});
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

/** @throws LiveswapError `OPTION_INVALID` naming the option, or the second name of a plugin */
function checkPlugins(plugins: Readonly<Record<string, PluginOptions>>): void {
  const names = new Map<string, string>();
  for (const [plugin, own] of Object.entries(plugins)) {
    checkPluginOptions(plugin, own);
    const other = names.get(keyOf(plugin));
    if (other !== undefined) {
      const message = `The option plugins names one plugin twice, ${other} and ${plugin}: names are compared without case.`;
      throw new LiveswapError('OPTION_INVALID', message, { option: `plugins.${plugin}` });
    }
    names.set(keyOf(plugin), plugin);
  }
}

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
  const { tracing } = settings;
  const modules = tracing?.thread;
  return {
    ...settings,
    threads: 1,
    abandonedMs: Infinity,
    ...(tracing && modules && { tracing: { ...tracing, thread: { ...modules, setUp: undefined } } }),
  };
}

function areStaticPlugins(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.values(value).every((plugin: Partial<StaticPlugin> | undefined) =>
    isObject(plugin?.manifest),
  );
}

function isCrashLoop(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([field, limit]) => {
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
  return Object.entries(givenOf(value)).every(([field, given]) => {
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

function isTracing(value: unknown): boolean {
  const steps: readonly (keyof Tracing)[] = ['begin', 'inject', 'observe', 'origin'];
  return isObject(value) && steps.every((step) => isFunction((value as Partial<Tracing>)[step]));
}
