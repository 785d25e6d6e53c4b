import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { build } from '../../lib/build/index.js';
import { Swapper, type StaticPlugins, type SwapperOptions } from '../../lib/index.js';
import { writePlugins, type Files } from './write-plugins.js';

/** How plugins are run: each version in threads, or all of them in the host's. */
export const modes = ['threads', 'static'] as const;
export type Mode = (typeof modes)[number];

/** Makes a swapper that runs in one of the modes; what is left of it ends with the test. */
export type SwapperOf = (mode: Mode, options?: SwapperOptions) => Promise<Swapper>;

/** Builds plugins once for the tests of a file, or of the `describe` it is called in: the same artifacts for both modes. */
export function useBuilt(plugins: Readonly<Record<string, Files>>): SwapperOf {
  let folder = '';
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'liveswap-')));
    const sources = await writePlugins(join(folder, 'plugins'), plugins);
    await build({ sources, outDir: join(folder, 'out'), static: true, typecheck: false, rules: false });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return async (mode, options = {}) => {
    const outDir = join(folder, 'out');
    const linked = mode === 'static' ? { static: await importPlugins(outDir) } : {};
    const swapper = new Swapper(outDir, { standby: false, ...options, ...linked });
    onTestFinished(() => swapper.destroy());
    return swapper;
  };
}

async function importPlugins(outDir: string): Promise<StaticPlugins> {
  const url = pathToFileURL(join(outDir, 'static-plugins.mjs')).href;
  const { plugins } = (await import(url)) as { plugins: StaticPlugins };
  return plugins;
}
