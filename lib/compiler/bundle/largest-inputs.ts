import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { isWithin, relativePath } from '../../core/paths.js';
import { ownPlaces } from '../plugin-module.js';
import { packageOf } from './module-place.js';

/** A large part of a bundle: a package, or an own file. */
export interface LargeInput {
  /** The name of the package, or the path of the file from the plugin's folder. */
  readonly name: string;
  /** Number of its bytes in the artifact. */
  readonly bytes: number;
  /** The file that imports it, from the plugin's folder; `undefined` when nothing imports it. */
  readonly importer: string | undefined;
}

const SHOWN = 5;

/** Returns the largest parts of a bundle in descending order. */
export function largestInputs({ inputs }: Metafile, folder: string): LargeInput[] {
  const owners = new Map<string, string>();
  const ownerOf = (input: string): string => {
    const owner = owners.get(input) ?? packageOf(resolve(folder, input)) ?? input;
    owners.set(input, owner);
    return owner;
  };
  const parts = new Map<string, { bytes: number; importer: string | undefined }>();
  for (const [input, { bytes }] of Object.entries(inputs)) {
    if (isOurs(resolve(folder, input))) continue;
    const part = parts.get(ownerOf(input)) ?? { bytes: 0, importer: undefined };
    parts.set(ownerOf(input), { ...part, bytes: part.bytes + bytes });
  }
  for (const [input, { imports }] of Object.entries(inputs)) {
    for (const { path } of imports) {
      const part = parts.get(ownerOf(path));
      if (part && ownerOf(path) !== ownerOf(input))
        part.importer ??= relativePath(folder, resolve(folder, input));
    }
  }
  return [...parts]
    .map(([name, part]) => ({ name, ...part }))
    .sort((left, right) => right.bytes - left.bytes)
    .slice(0, SHOWN);
}

/** Returns whether a file is part of liveswap, and so of every artifact. */
function isOurs(file: string): boolean {
  return ownPlaces.some(([folder]) => isWithin(file, folder));
}
