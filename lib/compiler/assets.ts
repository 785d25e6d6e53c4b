import { basename } from 'node:path';
import { matchesInTime } from './match-in-time.js';
import { relativePath } from '../core/paths.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';

type AssetOptions = Pick<ResolvedOptions, 'include' | 'exclude'>;

/** File name of the generated declarations, in memory only, for the assets of a plugin. */
export const ASSET_TYPES_FILE = '.liveswap-assets.d.ts';

/** Returns whether a file of the plugin in `folder` is imported as text. */
export function isAsset(folder: string, path: string, { include, exclude }: AssetOptions): boolean {
  const asset = relativePath(folder, path);
  if (include === undefined || !matchesInTime('include', include, asset)) return false;
  return exclude === undefined || !matchesInTime('exclude', exclude, asset);
}

/** Returns the declarations of the types of imported assets; empty when there are none. */
export function assetTypes({ folder, assets }: PluginFolder, options: AssetOptions): string {
  const names = new Set(
    assets.filter((path) => isAsset(folder, path, options)).map((path) => basename(path)),
  );
  return [...names]
    .map(
      (name) =>
        `declare module ${JSON.stringify(`*/${name}`)} { const text: string; export default text; }\n`,
    )
    .join('');
}
