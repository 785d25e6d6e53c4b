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
  /** Absolute paths of the bundled files that its imports lead to, by the import as written. */
  readonly imported: ReadonlyMap<string, string>;
  /** Number of bytes of it in the bundle; 0 when all of it was left out. */
  readonly bytes: number;
}

/** The files that a bundle was made of, without those that exist in memory only. */
export function bundledFiles(
  { inputs, outputs }: Metafile,
  plugin: { name: string; folder: string },
): BundledFile[] {
  const sizes = new Map(
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).map(([input, { bytesInOutput }]) => [input, bytesInOutput] as const),
    ),
  );
  return Object.entries(inputs)
    .filter(([input]) => input !== entryFileName(plugin.name) && !/^[\w-]{2,}:/.test(input))
    .map(([input, { format, imports }]) => {
      const file = resolve(plugin.folder, input);
      return {
        file,
        owner: packageOf(file),
        format,
        imports: imports.map(({ path, original }) => original ?? path),
        imported: new Map(
          imports.flatMap(({ path, original = path, external }) =>
            external ? [] : [[original, resolve(plugin.folder, path)]],
          ),
        ),
        bytes: sizes.get(input) ?? 0,
      };
    });
}
