import { join, resolve } from 'node:path';
import { artifactFolder } from '../../app/artifact-folder.js';
import type { PluginSources } from '../../app/watch-app.js';
import { adapterOptions, type AdapterFlags } from '../adapter-flags.js';

/** Builds the plugins beside an app once, into `outDir`. Returns `undefined` when no folder is given. */
export async function pluginSources(
  folder: string | undefined,
  entry: string,
  flags: AdapterFlags,
): Promise<(PluginSources & { readonly outDir: string }) | undefined> {
  if (folder === undefined) return undefined;
  const { build } = await import('../../compiler/build.js');
  const outDir = join(await artifactFolder(entry), 'plugins');
  const sources = {
    folder: resolve(folder),
    outDir,
    build: () => build({ sources: [folder], outDir, ...adapterOptions(flags) }),
  };
  await sources.build();
  return sources;
}
