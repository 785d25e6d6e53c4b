import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packFiles, type CarriedFile } from '../../manifest/files-block.js';
import { hashOf } from '../../manifest/hash.js';
import type { Places } from './module-place.js';
import type { AskingModule } from './survey.js';

/** What an artifact carries, as its last line says it. */
export interface Cargo {
  /** Where the running copy is among the files. */
  readonly at: string;
  readonly block: string;
  /** Absolute paths of what is carried. */
  readonly sources: readonly string[];
}

/** Puts the files that modules name into the block at the end of an artifact; packs again only what is different. */
export class CargoHold {
  #packed: { readonly key: string; readonly block: string } | undefined;

  /** What these modules need around them; `undefined` when they can stand anywhere. */
  async load(modules: readonly AskingModule[], places: Places): Promise<Cargo | undefined> {
    const sources = new Map<string, string>();
    for (const { file, paths } of modules) {
      for (const path of paths) {
        for (const one of await filesAt(path)) sources.set(places.ofNamed(one, file), one);
      }
    }
    const at = places.folderOfCopy([...modules.map(({ file }) => places.of(file)), ...sources.keys()]);
    if (sources.size === 0 && at === '') return undefined;
    const files = await Promise.all(
      [...sources]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(async ([place, source]) => ({
          path: join(at, place).replaceAll('\\', '/'),
          bytes: await readFile(source),
        })),
    );
    return { at, block: await this.#pack(files), sources: [...sources.values()] };
  }

  async #pack(files: readonly CarriedFile[]): Promise<string> {
    const key = hashOf(JSON.stringify(files.map(({ path, bytes }) => [path, hashOf(bytes)])));
    if (this.#packed?.key !== key) this.#packed = { key, block: await packFiles(files) };
    return this.#packed.block;
  }
}

/** A file, or all that is in a folder; packages and hidden files are not what anybody means by it. */
async function filesAt(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) return stats ? [path] : [];
  const entries = await readdir(path);
  const visible = entries.filter((name) => name !== 'node_modules' && !name.startsWith('.')).sort();
  return (await Promise.all(visible.map((name) => filesAt(join(path, name))))).flat();
}
