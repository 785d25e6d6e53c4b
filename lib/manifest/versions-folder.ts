import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LiveswapError, messageOf } from '../core/errors.js';
import { ARTIFACT_SUFFIX, type Artifact } from './artifact.js';
import { layOutFiles, splitFiles } from './files-block.js';
import { versionOf } from './hash.js';
import { isOwnerGone, ownerName } from './owner.js';

const FOLDER = '.versions';

/** A process that lives says so this often; of one that cannot be asked, such as in another container, it is believed for so long. */
const DAY_MS = 86_400_000;
const FORGOTTEN_MS = 30 * DAY_MS;

/**
 * The immutable copies that threads run, in a folder of this process below the artifacts (so that packages beside them
 * resolve). One that carries files has a folder of its own there, and the files stand around it as they did in the sources.
 * A deploy may overwrite or delete an artifact at any time; a thread that is replaced later still finds its own.
 */
export class VersionsFolder {
  readonly #own = `${ownerName()}-${randomUUID().slice(0, 8)}`;
  readonly #uses = new Map<string, number>();
  /** The folders that hold a copy together with the files that it carries. */
  readonly #roots = new Map<string, string>();
  /** What is being done to a copy: the next writes or deletes it after that. */
  readonly #work = new Map<string, Promise<void>>();
  readonly #parents = new Set<string>();
  #lifeSigns: NodeJS.Timeout | undefined;

  /**
   * Copies an artifact, or finds the copy, and counts one more user. Resolves to the copy's `file:` URL.
   * @throws LiveswapError `COPY_FAILED`
   */
  async use(artifact: Artifact, pluginFolder: string): Promise<string> {
    const folder = join(pluginFolder, FOLDER, this.#own);
    const copy = copyOf(artifact, folder);
    const url = pathToFileURL(copy.file).href;
    this.share(url);
    if (copy.root !== undefined) this.#roots.set(url, copy.root);
    if (this.#uses.get(url) === 1) this.#then(url, () => this.#write(artifact, pluginFolder, copy));
    try {
      await this.#work.get(url);
      return url;
    } catch (cause) {
      // What there is of it is in nobody's way.
      await this.release(url).catch(() => {});
      throw notCopied(artifact, folder, cause);
    }
  }

  /** Counts one more user of a copy that is in use. */
  share(url: string): void {
    this.#uses.set(url, (this.#uses.get(url) ?? 0) + 1);
  }

  /** Counts one user less; the last one's copy is deleted. */
  async release(url: string): Promise<void> {
    const users = (this.#uses.get(url) ?? 0) - 1;
    if (users > 0) {
      this.#uses.set(url, users);
      return;
    }
    this.#uses.delete(url);
    const root = this.#roots.get(url);
    this.#roots.delete(url);
    this.#then(url, async () => {
      const file = fileURLToPath(url);
      if (root !== undefined) await rm(root, { recursive: true, force: true });
      else await Promise.all([rm(file, { force: true }), rm(mapOf(file), { force: true })]);
    });
    await this.#work.get(url);
  }

  /** Deletes what is left, and the folders when they are empty. What cannot be deleted is left to the next process. */
  async close(): Promise<void> {
    clearInterval(this.#lifeSigns);
    for (const parent of this.#parents) {
      await rm(join(parent, this.#own), { recursive: true, force: true }).catch(() => {});
      // While others have theirs in it, it stays.
      await rmdir(parent).catch(() => {});
    }
    this.#parents.clear();
    this.#uses.clear();
  }

  #then(url: string, run: () => Promise<void>): void {
    const work = (this.#work.get(url) ?? Promise.resolve()).catch(() => {}).then(run);
    this.#work.set(url, work);
    const forget = (): void => {
      if (this.#work.get(url) === work) this.#work.delete(url);
    };
    work.then(forget, forget);
  }

  async #write(artifact: Artifact, pluginFolder: string, { file, root }: Copy): Promise<void> {
    const parent = join(pluginFolder, FOLDER);
    const { code: whole, block } = splitFiles(artifact.bytes);
    const { code, map } = splitSourceMap(whole, pluginFolder, file);
    const write = async (): Promise<void> => {
      if (root !== undefined) await mkdir(dirname(file), { recursive: true });
      await Promise.all([
        writeFile(file, code),
        map !== undefined && writeFile(mapOf(file), map),
        root !== undefined && block && layOutFiles(block, root),
      ]);
    };
    if (this.#parents.has(parent)) {
      try {
        await write();
        return;
      } catch (error) {
        // A deploy may have removed the whole folder.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    await mkdir(join(parent, this.#own), { recursive: true });
    await write();
    if (this.#parents.has(parent)) return;
    this.#parents.add(parent);
    this.#lifeSigns ??= setInterval(() => this.#giveLifeSigns(), DAY_MS).unref();
    await removeOrphans(parent);
  }

  #giveLifeSigns(): void {
    const now = new Date();
    // A folder that a deploy has removed is made again with the next copy.
    for (const parent of this.#parents) utimes(join(parent, this.#own), now, now).catch(() => {});
  }
}

/** Where a copy is. */
interface Copy {
  readonly file: string;
  /** The folder of its own that it has when it carries files. */
  readonly root?: string;
}

function copyOf({ manifest, hash }: Artifact, folder: string): Copy {
  const name = `${manifest.name}.${versionOf(hash)}`;
  const fileName = `${name}${ARTIFACT_SUFFIX}`;
  if (manifest.filesAt === undefined) return { file: join(folder, fileName) };
  const root = join(folder, name);
  return { file: join(root, manifest.filesAt, fileName), root };
}

function notCopied({ manifest, file }: Artifact, folder: string, cause: unknown): LiveswapError {
  const { name: plugin } = manifest;
  const message = `Cannot copy ${plugin} from ${file} to ${folder}, where it is run from: ${messageOf(cause)}; let this process write to ${FOLDER} below its artifacts.`;
  return new LiveswapError('COPY_FAILED', message, { plugin, file, folder, cause });
}

const SOURCE_MAP = '//# sourceMappingURL=';
const INLINE_MAP = `${SOURCE_MAP}data:application/json;base64,`;

/**
 * Takes the source map out of an artifact, for a file of its own beside the copy: a thread does not have to read it to start.
 * The sources are named relative to the artifact's folder; its copy is elsewhere, so there they need a root.
 */
function splitSourceMap(
  bytes: Buffer,
  folder: string,
  file: string,
): { code: Buffer; map: string | undefined } {
  const start = bytes.lastIndexOf(INLINE_MAP);
  if (start < 0) return { code: bytes, map: undefined };
  const map = Buffer.from(bytes.toString('latin1', start + INLINE_MAP.length), 'base64').toString();
  const root = JSON.stringify(`${pathToFileURL(folder).href}/`);
  const link = Buffer.from(`${SOURCE_MAP}${basename(mapOf(file))}\n`);
  return {
    code: Buffer.concat([bytes.subarray(0, start), link]),
    map: `{"sourceRoot":${root},${map.slice(map.indexOf('{') + 1)}`,
  };
}

function mapOf(file: string): string {
  return `${file}.map`;
}

/** Deletes the folders of processes that are gone. One that cannot be deleted, such as another user's, is in nobody's way. */
async function removeOrphans(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (isOwnerGone(name) ?? (await isForgotten(folder)))
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function isForgotten(folder: string): Promise<boolean> {
  // One that has gone meanwhile needs nobody's attention.
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Infinity }));
  return Date.now() - mtimeMs > FORGOTTEN_MS;
}
