import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { packFiles, type CarriedFile } from '../../manifest/files-block.js';
import { hashOf } from '../../manifest/hash.js';
import { packageOf } from './module-place.js';
import { bundleScript, packageJsonBeside, type Script, type ScriptSurroundings } from './scripts.js';
import type { AskingModule } from './survey.js';

/** Files that an artifact carries in its last line. */
export interface Cargo {
  /** Place of the running copy among the files. */
  readonly at: string;
  readonly block: string;
  /** Absolute paths of the carried files. */
  readonly sources: readonly string[];
}

/** Packs the files that modules name into the block at the end of an artifact, and repacks it only when they differ. */
export class CargoHold {
  #packed: { readonly key: string; readonly block: string } | undefined;
  /** Scripts of packages, by place; they do not change. */
  readonly #scripts = new Map<string, Script>();

  /** Resolves to the surroundings of these modules; `undefined` if their place does not matter. */
  async load(modules: readonly AskingModule[], surroundings: ScriptSurroundings): Promise<Cargo | undefined> {
    const { places } = surroundings;
    const bytes = new Map<string, Uint8Array>();
    const sources = new Set<string>();
    const add = async (place: string, source: string): Promise<void> => {
      if (!bytes.has(place)) bytes.set(place, await readFile(source));
      sources.add(source);
    };
    const asking = [...modules];
    // Scripts may name further files.
    for (const { file, paths, scripts } of asking) {
      for (const path of paths)
        for (const one of await filesAt(path)) await add(places.ofNamed(one, file), one);
      for (const path of scripts) {
        const place = places.ofNamed(path, file);
        if (bytes.has(place)) continue;
        const script = await this.#bundle(path, place, surroundings);
        bytes.set(place, Buffer.from(script.code));
        for (const input of script.inputs) sources.add(input);
        asking.push(...script.asking);
        const manifest = packageJsonBeside(path);
        if (manifest !== undefined) await add(places.ofNamed(manifest, file), manifest);
      }
    }
    const at = places.folderOfCopy([...asking.map(({ file }) => places.of(file)), ...bytes.keys()]);
    if (bytes.size === 0 && at === '') return undefined;
    const files = [...bytes]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([place, content]) => ({ path: posix.join(at, place), bytes: content }));
    return { at, block: await this.#pack(files), sources: [...sources] };
  }

  async #bundle(file: string, place: string, surroundings: ScriptSurroundings): Promise<Script> {
    const known = this.#scripts.get(place) ?? (await bundleScript(file, place, surroundings));
    if (packageOf(file) !== undefined) this.#scripts.set(place, known);
    return known;
  }

  async #pack(files: readonly CarriedFile[]): Promise<string> {
    const key = hashOf(JSON.stringify(files.map(({ path, bytes }) => [path, hashOf(bytes)])));
    if (this.#packed?.key !== key) this.#packed = { key, block: await packFiles(files) };
    return this.#packed.block;
  }
}

/** Resolves to the file, or all files of a folder except packages and hidden files, which are not meant. */
async function filesAt(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) return stats ? [path] : [];
  const entries = await readdir(path);
  const visible = entries.filter((name) => name !== 'node_modules' && !name.startsWith('.')).sort();
  return (await Promise.all(visible.map((name) => filesAt(join(path, name))))).flat();
}
