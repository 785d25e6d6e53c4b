import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { entryFileName } from '../entry.js';
import { holdsDeclarations } from '../plugin-module.js';
import { packageOf } from './module-place.js';
import { isAddon } from './native-addons.js';
import { importsOf } from './required-asides.js';

/** A file that went into a bundle. */
export interface BundledFile {
  /** Absolute path. */
  readonly file: string;
  /** The package that it belongs to; `undefined` for own files. */
  readonly owner: string | undefined;
  readonly format: 'cjs' | 'esm' | undefined;
  /** Its imports, as they are written. */
  readonly imports: readonly string[];
  /** True when it imports a native addon. */
  readonly hasAddon: boolean;
}

/** Returns the files in a bundle, without those that exist only in memory. */
export function bundledFiles({ inputs }: Metafile, plugin: { name: string; folder: string }): BundledFile[] {
  return Object.entries(inputs)
    .filter(([input]) => input !== entryFileName(plugin.name) && !/^[\w-]{2,}:/.test(input))
    .map(([input, facts]) => {
      const { format } = facts;
      const imports = importsOf(facts, inputs);
      const file = resolve(plugin.folder, input);
      return {
        file,
        owner: packageOf(file),
        format,
        imports: imports.map(({ path, original }) => original ?? path),
        hasAddon: imports.some(({ path }) => isAddon(path)),
      };
    });
}

/** Returns whether code in a bundle declares resources, runs, takers or kept state to its thread. */
export function declaresAny({ outputs }: Metafile, folder: string): boolean {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.some(
    ([input, { bytesInOutput }]) => bytesInOutput > 0 && holdsDeclarations(resolve(folder, input)),
  );
}
