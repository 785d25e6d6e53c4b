import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { entryFileName } from '../entry.js';
import { packageOf } from './module-place.js';

/** A file that went into a bundle. */
export interface BundledFile {
  /** Absolute path. */
  readonly file: string;
  /** The package that it is part of; `undefined` for one's own. */
  readonly owner: string | undefined;
  readonly format: 'cjs' | 'esm' | undefined;
  /** Its imports, as they are written. */
  readonly imports: readonly string[];
}

/** The files that a bundle was made of, without those that exist in memory only. */
export function bundledFiles({ inputs }: Metafile, plugin: { name: string; folder: string }): BundledFile[] {
  return Object.entries(inputs)
    .filter(([input]) => input !== entryFileName(plugin.name) && !/^[\w-]{2,}:/.test(input))
    .map(([input, { format, imports }]) => {
      const file = resolve(plugin.folder, input);
      return {
        file,
        owner: packageOf(file),
        format,
        imports: imports.map(({ path, original }) => original ?? path),
      };
    });
}
