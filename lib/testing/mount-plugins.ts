import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { STATIC_FILES, staticModule } from '../compiler/static-module.js';
import {
  areStrings,
  checkOptions,
  isBoolean,
  isFunction,
  isObject,
  type Checks,
} from '../core/check-options.js';
import { amongNames } from '../core/did-you-mean.js';
import { checkPath } from '../core/check-path.js';
import { LiveswapError } from '../core/errors.js';
import { keyOf } from '../core/plugin-key.js';
import type { LiveTable } from '../plugin/live-call.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import type { SwapperOptions } from '../swap/options.js';
import { readArtifacts } from '../swap/read-artifacts.js';
import { Swapper } from '../swap/swapper.js';
import { MOCK_METHOD, mockAnswerer, writeMocks, type Mocks } from './mocks.js';
import { MountedPlugins } from './mounted-plugins.js';
import { Workplace } from './workplace.js';

/** Options for mounting plugins in a test. */
export interface MountOptions {
  /** Names of the plugins to build. Default: all of the folder that are not mocked. */
  readonly only?: readonly string[];
  /** Functions that stand in for plugins, by plugin and name; they run in the test. Default: none. */
  readonly mocks?: Mocks;
  /** Values of the data bag, by key: they are there before the first hook runs. Default: none. */
  readonly dataBag?: Readonly<Record<string, unknown>>;
  /** The host's own object, or a function that makes one for each generation. Default: none. */
  readonly extension?: object | (() => object);
  /** True to run each version in threads, as in production: needed for `edit` and `reload`. Default `false`: in process. */
  readonly threads?: boolean;
  /** Data for `onLoad`. Default: `undefined`. */
  readonly data?: unknown;
  /** Further options of the swapper. Default: none. */
  readonly swapper?: Omit<SwapperOptions, 'static' | 'extension' | 'only'>;
}

const checks: Checks<Required<MountOptions>> = {
  only: ['a list of plugin names', areStrings],
  mocks: ['an object with functions for each plugin', areMocks],
  dataBag: ['an object with values by key', isObject],
  extension: ['an object, or a function that returns one', (value) => isObject(value) || isFunction(value)],
  threads: ['true or false', isBoolean],
  data: ['anything', () => true],
  swapper: ['an object', isObject],
};

/**
 * Builds the plugins of a folder and loads them, for a test. Each mount has its own copies: any number may live side by side.
 *
 * @param sources a folder of plugin folders, or one plugin folder.
 * @typeParam Live the type of the live functions, `LiveFunctions` of the `live.d.ts` that the build writes.
 * @throws LiveswapError `BUILD_FAILED`, `LOAD_FAILED`; `NO_PLUGINS`, `PLUGIN_MISSING`; `NOT_CLONEABLE` for a value of `dataBag`;
 * `OPTION_INVALID`
 *
 * @example
 * await using app = await mountPlugins('plugins', { mocks: { armory: { sword: async () => 'Needle' } } });
 * expect(await app.live.live_price(order)).toBe(42);
 */
export async function mountPlugins<Live extends object = LiveTable>(
  sources: string,
  options: MountOptions = {},
): Promise<MountedPlugins<Live>> {
  checkPath(sources, 'sources', 'the folder of the plugins');
  checkOptions(options, checks);
  const { mocks = {}, dataBag = {}, threads = false, data } = options;
  const workplace = await Workplace.open(sources, chooseBy(options), threads);
  try {
    await workplace.build();
    await writeMocks(mocks, workplace.outDir);
    const linked = threads ? {} : { static: await linkStatically(workplace.outDir) };
    const extension = extensionOf(options);
    const swapper = new Swapper(workplace.outDir, {
      standby: false,
      ...options.swapper,
      ...linked,
      extension,
    });
    try {
      for (const [key, value] of Object.entries(dataBag)) await swapper.dataBag.set(key, value);
      await swapper.load(data);
    } catch (error) {
      await swapper.destroy();
      throw error;
    }
    return new MountedPlugins(swapper, workplace, threads);
  } catch (error) {
    await workplace.close();
    throw error;
  }
}

/**
 * Returns the names to build: those of `only`, or else all that are not mocked.
 * @throws LiveswapError `PLUGIN_MISSING` listing all that are missing
 */
function chooseBy({ only, mocks = {} }: MountOptions): (names: readonly string[]) => readonly string[] {
  return (names) => {
    const mocked = new Set(Object.keys(mocks).map(keyOf));
    if (!only) return names.filter((name) => !mocked.has(keyOf(name)));
    const wanted = new Set(only.map(keyOf));
    const missing = only.filter((one) => !names.some((name) => keyOf(name) === keyOf(one)));
    if (missing.length === 0) return names.filter((name) => wanted.has(keyOf(name)));
    const message = `Cannot mount ${missing.join(', ')}${amongNames(missing[0] ?? '', names)}`;
    throw new LiveswapError('PLUGIN_MISSING', message, { missing });
  };
}

function areMocks(value: unknown): boolean {
  const tables = isObject(value) ? Object.values(value) : [undefined];
  return tables.every((table: unknown) => isObject(table) && Object.values(table).every(isFunction));
}

/** Returns the test's own extension together with the method for mocks. */
function extensionOf({ extension = {}, mocks = {} }: MountOptions): () => object {
  const answer = mockAnswerer(mocks);
  return () => {
    const own: object = typeof extension === 'function' ? ((extension as () => object)() ?? {}) : extension;
    // The swapper refuses what cannot be one.
    if (!isObject(own) || types.isPromise(own)) return own;
    if (MOCK_METHOD in own)
      throw new LiveswapError(
        'OPTION_INVALID',
        `extension has a method ${MOCK_METHOD}, which mocks need; rename yours.`,
        {
          option: 'extension',
        },
      );
    // A frozen object as the target would refuse that its methods are bound.
    return new Proxy(Object.create(own) as object, {
      get: (_target, name) => (name === MOCK_METHOD ? answer : bound(own, Reflect.get(own, name))),
      has: (_target, name) => name === MOCK_METHOD || Reflect.has(own, name),
    });
  };
}

function bound(target: object, value: unknown): unknown {
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

/** Imports the artifacts as modules; a folder is imported only once. */
async function linkStatically(folder: string): Promise<StaticPlugins> {
  const file = join(folder, STATIC_FILES.module);
  await writeFile(file, staticModule(await readArtifacts(folder, undefined)));
  const { plugins } = (await import(pathToFileURL(file).href)) as { plugins: StaticPlugins };
  return plugins;
}
