import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STATIC_FILES, staticModule } from '../compiler/static-module.js';
import { LiveswapError } from '../core/errors.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import type { SwapperOptions } from '../swap/options.js';
import { readArtifacts } from '../swap/read-artifacts.js';
import { Swapper } from '../swap/swapper.js';
import { MOCK_METHOD, mockAnswerer, writeMocks, type Mocks } from './mocks.js';
import { MountedPlugins } from './mounted-plugins.js';
import { Workplace } from './workplace.js';

/** How plugins are mounted for a test. */
export interface MountOptions {
  /** Names of the plugins to build. Default: all of the folder that are not mocked. */
  readonly only?: readonly string[];
  /** Functions that stand in for plugins, by plugin and name; they run in the test. */
  readonly mocks?: Mocks;
  /** The host's own object, or what makes it, anew for each generation. */
  readonly extension?: object | (() => object);
  /** Run each version in threads, as in production: needed for `edit` and `reload`. Default `false`: in process. */
  readonly threads?: boolean;
  /** What `onLoad` is given. */
  readonly data?: unknown;
  /** Further options of the swapper. */
  readonly swapper?: Omit<SwapperOptions, 'static' | 'extension' | 'only'>;
}

/**
 * Builds the plugins of a folder and loads them, for a test. Each mount has its own copies: any number may live side by side.
 *
 * @throws LiveswapError `BUILD_FAILED`, `LOAD_FAILED`, `OPTION_INVALID`
 *
 * @example
 * await using app = await mountPlugins('plugins', { mocks: { armory: { sword: async () => 'Needle' } } });
 * expect(await app.live.live_price(order)).toBe(42);
 */
export async function mountPlugins(sources: string, options: MountOptions = {}): Promise<MountedPlugins> {
  const { mocks = {}, threads = false, data } = options;
  const workplace = await Workplace.open(sources, options.only, threads);
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

/** The test's own extension, and what the mocks ask. */
function extensionOf({ extension = {}, mocks = {} }: MountOptions): () => object {
  const answer = mockAnswerer(mocks);
  return () => {
    const own: object = typeof extension === 'function' ? (extension as () => object)() : extension;
    if (MOCK_METHOD in own)
      throw new LiveswapError(
        'OPTION_INVALID',
        `extension has a method ${MOCK_METHOD}, which mocks need; rename yours.`,
        {
          option: 'extension',
        },
      );
    return new Proxy(own, {
      get: (target, name) => (name === MOCK_METHOD ? answer : bound(target, Reflect.get(target, name))),
      has: (target, name) => name === MOCK_METHOD || Reflect.has(target, name),
    });
  };
}

function bound(target: object, value: unknown): unknown {
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

/** The artifacts as modules of their own: a folder is imported once. */
async function linkStatically(folder: string): Promise<StaticPlugins> {
  const file = join(folder, STATIC_FILES.module);
  await writeFile(file, staticModule(await readArtifacts(folder, undefined)));
  const { plugins } = (await import(pathToFileURL(file).href)) as { plugins: StaticPlugins };
  return plugins;
}
