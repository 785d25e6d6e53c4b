import {
  areOptions,
  areStrings,
  areTexts,
  checkOptions,
  duration,
  isBoolean,
  isCount,
  isObject,
  isText,
  type Checks,
} from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { warmChecks } from '../core/until-good.js';
import { swapperDefaults, type SwapperOptions } from '../swap/options.js';

/** A request that is repeated until a new version answers it, before the version becomes current. */
export interface WarmAppOptions {
  /** The path of the GET request; an answer below 500 is enough. */
  readonly path: string;
  /** The port of the app that receives the request. Default: the first it listens on. */
  readonly port?: number;
  /** Milliseconds for which it must keep answering in this way. Default 0. */
  readonly settleMs?: number;
  /** Milliseconds after which the reload is refused. Default 30 000. */
  readonly timeoutMs?: number;
}

/** Options for serving an app. */
export interface ServeAppOptions {
  /** Name of the app as a plugin. Default: that of its package without the scope, or else the entry's without extension. */
  readonly name?: string;
  /**
   * Files that the app reads besides those that its code imports and names, as globs relative to the folder of its package:
   * `['views/**']`. Default: none.
   */
  readonly files?: readonly string[];
  /** Arguments in `process.argv` after the entry. Default: none. */
  readonly args?: readonly string[];
  /**
   * Modules that tell, by `defineAdapter`, how to handle packages that take work by themselves. Default: the built-in ones alone.
   */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /**
   * For a folder with an app's artifact: the folder of the app's files and packages on this machine, in which the files of the
   * artifact have their paths. Default: the nearest folder above it that has `node_modules`.
   */
  readonly root?: string;
  /** True to preserve the sessions and counters that known packages hold in memory. Default: they are lost, with a warning. */
  readonly stores?: 'auto';
  /**
   * A folder of artifacts that run beside the app, in the same swapper: a reload takes the app's files and these. Default: none.
   */
  readonly plugins?: string;
  /**
   * True if only one version may run at a time: requests wait while one version hands over to the next, and nothing of the old
   * one runs afterwards. The app then has one thread. `'start'` if not even the start of the next may overlap: the old version
   * ends before the new one is evaluated, and requests wait for the whole start. Default `false`.
   */
  readonly exclusive?: boolean | 'start';
  /** Number of threads that run it on one port, as in a cluster. Default 1. */
  readonly threads?: number;
  /**
   * Condition for a version to become current. `'evaluated'`: its entry has been evaluated, which allows a release to give up an
   * address on purpose. Default: it also listens wherever the current one does.
   */
  readonly ready?: 'evaluated';
  /** Sends a request to a new version before `onReload`, that is, before anything yields to it. Default: none. */
  readonly warm?: WarmAppOptions;
  /** Folder of the artifact and the running copies. Default: `node_modules/.cache/liveswap` beside the entry's package. */
  readonly copyDir?: string;
  /** Milliseconds that a replaced thread lives on after its last request, for what a handler has left behind. Default 5000. */
  readonly lingerMs?: number;
  /**
   * Milliseconds that the app's own handlers of SIGTERM, SIGINT or `beforeExit` may take. When the app is closed, they wait for
   * its requests for half of that, but at least 5 s. Default 10 000.
   */
  readonly shutdownMs?: number;
  /** Further options of the swapper. Default: none. */
  readonly swapper?: Omit<SwapperOptions, 'threads' | 'static' | 'only'>;
}

/** Default options. */
export const appDefaults = { threads: swapperDefaults.threads, lingerMs: 5_000, shutdownMs: 10_000 } as const;

const text = ['a string that is not empty', isText] as const;
const texts = ['an array of strings', areStrings] as const;
const paths = ['an array of strings that are not empty', areTexts] as const;

const checks: Checks<ServeAppOptions> = {
  name: text,
  files: paths,
  args: texts,
  adapters: paths,
  noAdapters: texts,
  root: text,
  stores: ["'auto'", (value) => value === 'auto'],
  plugins: text,
  exclusive: ["a boolean, or 'start'", (value) => isBoolean(value) || value === 'start'],
  threads: ['a whole number, 1 or more', isCount(1)],
  ready: ["'evaluated'", (value) => value === 'evaluated'],
  warm: [
    "{ path: '/…', port?, settleMs?, timeoutMs? }",
    areOptions<WarmAppOptions>({ ...warmChecks, port: ['a port', isCount(0)] }, ['path']),
  ],
  copyDir: text,
  lingerMs: duration,
  shutdownMs: duration,
  swapper: ['options of a swapper', isObject],
};

/** @throws LiveswapError `OPTION_INVALID` naming the first option that is unknown or of another kind */
export function checkAppOptions(options: ServeAppOptions): void {
  checkOptions(options, checks);
  const { exclusive, threads = 1 } = options;
  if (exclusive && threads > 1) throw oneThread(threads);
}

/** Creates the error for more threads than an exclusive app can have; an app that keeps state is exclusive. */
export function oneThread(threads: number): LiveswapError {
  return new LiveswapError(
    'OPTION_INVALID',
    `The option threads must be 1: an exclusive app has one thread, and so has one that keeps state; it is ${threads}.`,
    { option: 'threads' },
  );
}
