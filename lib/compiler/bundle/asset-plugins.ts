import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { isAsset } from '../assets.js';
import type { ResolvedOptions } from '../options.js';

/** Returns the plugin that imports files as text, if there are any for the options. */
export function assetPlugins(
  folder: string,
  options: Pick<ResolvedOptions, 'include' | 'exclude'>,
): Plugin[] {
  if (!options.include) return [];
  return [
    {
      name: 'liveswap-assets',
      setup(build) {
        build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
          if (!isAsset(folder, path, options)) return undefined;
          return { contents: await readFile(path, 'utf8'), loader: 'text' };
        });
      },
    },
  ];
}
