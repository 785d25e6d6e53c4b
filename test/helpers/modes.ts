import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { STATIC_FILES, staticModule } from '../../lib/compiler/static-module.js';
import type { StaticPlugins, Swapper, SwapperOptions } from '../../lib/index.js';
import { readArtifacts } from '../../lib/swap/read-artifacts.js';
import { deploy, type PluginText } from './compose-plugin.js';
import { openSwapper } from './open-swapper.js';
import { tempFolder } from './temp-folder.js';
import { writePlugins, type Files } from './write-plugins.js';

/** Ways of running plugins: each version in threads, or all of them in the host's. Both behave alike. */
export const modes = ['threads', 'static'] as const;
export type Mode = (typeof modes)[number];

/** Opens a swapper that runs the artifacts in `folder` in `mode`; it is closed when the running test is over. */
export async function openIn(mode: Mode, folder: string, options: SwapperOptions = {}): Promise<Swapper> {
  const linked = mode === 'static' ? { static: await linkStatically(folder) } : {};
  return openSwapper(folder, { ...options, ...linked });
}

/** Opens a swapper of `plugins`, which are not loaded yet. */
export async function deployIn(
  mode: Mode,
  plugins: readonly PluginText[],
  options?: SwapperOptions,
): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, ...plugins);
  return openIn(mode, folder, options);
}

/** Opens a swapper, and loads `plugins`. */
export async function loadIn(
  mode: Mode,
  plugins: readonly PluginText[],
  options?: SwapperOptions,
): Promise<Swapper> {
  const swapper = await deployIn(mode, plugins, options);
  await swapper.load();
  return swapper;
}

/** Returns the number of threads of a version that was given `threads`. */
export const threadsIn = (mode: Mode, threads: number): number => (mode === 'static' ? 1 : threads);

/** Builds plugins once for the tests of a file, or of the `describe` it is called in: the same artifacts for both modes. */
export function useBuilt(
  plugins: Readonly<Record<string, Files>>,
): (mode: Mode, options?: SwapperOptions) => Promise<Swapper> {
  let folder = '';
  let outDir = '';
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'liveswap-')));
    outDir = join(folder, 'out');
    const sources = await writePlugins(join(folder, 'plugins'), plugins);
    await build({ sources, outDir, typecheck: false, rules: false });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (mode, options) => openIn(mode, outDir, options);
}

/** Links the artifacts in `folder` by the module that `liveswap build --static` writes for them. */
export async function linkStatically(folder: string): Promise<StaticPlugins> {
  const file = join(folder, STATIC_FILES.module);
  await writeFile(file, staticModule(await readArtifacts(folder, undefined)));
  const { plugins } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    plugins: StaticPlugins;
  };
  return plugins;
}
