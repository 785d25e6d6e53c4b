import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StaticPlugins, Swapper, SwapperOptions } from '../../lib/index.js';
import { artifactFileName, readArtifact } from '../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { deploy, type PluginText } from './compose-plugin.js';
import { openSwapper } from './open-swapper.js';
import { tempFolder } from './temp-folder.js';

/** How plugins can run: what holds in threads holds in process. */
export const bothWays = ['in threads', 'in process'] as const;

/** Loads plugins one way or the other. */
export async function loadPlugins(
  way: (typeof bothWays)[number],
  options: SwapperOptions,
  ...plugins: readonly PluginText[]
): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, ...plugins);
  const linked = way === 'in process' ? { static: await linkStatically(folder, plugins) } : {};
  const swapper = openSwapper(folder, { ...options, ...linked });
  await swapper.load();
  return swapper;
}

async function linkStatically(folder: string, plugins: readonly PluginText[]): Promise<StaticPlugins> {
  const linked = plugins.map(async ({ name }) => {
    const file = join(folder, artifactFileName(name));
    const { manifest, hash } = await readArtifact(file);
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as ArtifactModule;
    return [name, { module, manifest, hash }] as const;
  });
  return Object.fromEntries(await Promise.all(linked));
}
