import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isPlugNPlay } from '../core/plug-n-play.js';
import { Semaphore } from '../core/semaphore.js';
import type { Artifact } from './artifact.js';
import { diskRemedy } from '../core/disk-remedy.js';
import { layOutFiles, splitFiles, type WrittenFile } from './files-block.js';
import type { Manifest } from './manifest.js';
import type { RunnableArtifact } from './runnable-artifact.js';
import { mapFileOf, splitSourceMap } from './source-map.js';

/**
 * The copies that are written at the same time: as many as the platform has threads for files. The answers to all that is asked for
 * at once come in the same turns of the event loop, and a load may copy hundreds.
 */
const writing = new Semaphore(4);

/** Location of a copy. */
export interface CopyPlace {
  readonly file: string;
  /** Folder of its own, if it carries files: they are laid out around it as in the sources. */
  readonly root?: string;
}

/** The folder that contains copies. */
export interface CopyFolder {
  readonly path: string;
  /** Creates the folder, unless it exists, so that `copy` can be written there as a file with these permissions. */
  make(copy: CopiedArtifact, fileMode: number, anew?: 'anew'): Promise<void>;
  /** Returns an artifact that will run from a folder that no deploy deletes. */
  copyElsewhere(artifact: Artifact): Promise<CopiedArtifact>;
  /** Called when `copy` has been deleted. */
  forget(copy: CopiedArtifact): Promise<void>;
}

/**
 * An artifact that runs from a copy of its own. It keeps the bytes in memory, because a deploy may delete both artifact and copy.
 */
export class CopiedArtifact implements RunnableArtifact {
  readonly manifest: Manifest;
  readonly hash: string;
  readonly file: string;
  readonly url: string;
  readonly #artifact: Artifact;
  readonly #place: CopyPlace;
  readonly #folder: CopyFolder;
  #users = 0;
  #other: CopiedArtifact | undefined;
  /** The files that its code needs; `undefined` until all have been written. */
  #written: readonly WrittenFile[] | undefined;
  /** The operation on the copy in progress; the next write or deletion runs after it. */
  #work: Promise<void> = Promise.resolve();

  constructor(artifact: Artifact, place: CopyPlace, folder: CopyFolder) {
    this.manifest = artifact.manifest;
    this.hash = artifact.hash;
    this.file = artifact.file;
    this.url = pathToFileURL(place.file).href;
    this.#artifact = artifact;
    this.#place = place;
    this.#folder = folder;
  }

  async use(): Promise<void> {
    this.#users++;
    try {
      await this.restore();
    } catch (error) {
      // A partial copy does no harm.
      await this.release().catch(() => {});
      throw error;
    }
  }

  restore(): Promise<void> {
    return this.#next(async () => {
      if (this.#users === 0) return;
      const whole = await this.#wholeFiles();
      if (whole.size === this.#written?.length) return;
      const leave = await writing.enter();
      await this.#write(whole).finally(leave);
    });
  }

  async copyElsewhere(): Promise<string> {
    await this.#next(async () => {
      if (this.#users === 0) return;
      if (this.#other) return this.#other.restore();
      const other = await this.#folder.copyElsewhere(this.#artifact);
      await other.use();
      this.#other = other;
    });
    return (this.#other ?? this).url;
  }

  async release(): Promise<void> {
    this.#users--;
    await this.#next(async () => {
      if (this.#users > 0) return;
      await this.#other?.release();
      this.#other = undefined;
      // Windows does not delete an addon that is loaded: such a file goes with the whole folder, or is left to the next process.
      await this.#delete().catch(() => {});
      await this.#folder.forget(this);
    });
  }

  #next(run: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(run, run);
    return this.#work;
  }

  /**
   * Resolves to the files that need not be written again. A full disk, or who tidies up, may have emptied or deleted others. Code of
   * the plugin may have added to a file.
   */
  async #wholeFiles(): Promise<ReadonlySet<string>> {
    const written = this.#written ?? [];
    const found = await Promise.all(written.map(({ path }) => stat(path).catch(() => undefined)));
    const whole = written.filter(({ size }, at) => {
      const file = found[at];
      return file?.isFile() && file.size >= size;
    });
    return new Set(whole.map(({ path }) => path));
  }

  async #delete(): Promise<void> {
    this.#written = undefined;
    const { file, root } = this.#place;
    await Promise.all((root === undefined ? [file, mapFileOf(file)] : [root]).map(removeDespiteReaders));
  }

  async #write(whole: ReadonlySet<string>): Promise<void> {
    // Users who may not read the artifact must not be able to read its copy either.
    const mode = (this.#artifact.mode ?? 0o644) | 0o200;
    try {
      await this.#folder.make(this, mode);
      this.#written = await this.#writeFiles(mode, whole).catch(async (error: unknown) => {
        // A deploy may have deleted the whole folder.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        await this.#folder.make(this, mode, 'anew');
        return this.#writeFiles(mode, new Set());
      });
    } catch (cause) {
      // A partial copy must not be mistaken for a complete one. Of one that was complete, threads may use what is whole.
      if (!this.#written) await this.#delete().catch(() => {});
      throw notCopied(this.#artifact, this.#folder.path, cause);
    }
  }

  /** Writes what is not `whole`: other threads may have loaded that, and the process would not survive an emptied addon. */
  async #writeFiles(mode: number, whole: ReadonlySet<string>): Promise<readonly WrittenFile[]> {
    const { file, root } = this.#place;
    const { code: codeAndMap, block } = splitFiles(this.#artifact.bytes);
    const { code, map } = splitSourceMap(codeAndMap, dirname(this.file), file);
    if (root !== undefined) await mkdir(dirname(file), { recursive: true });
    const [carried] = await Promise.all([
      root !== undefined && block ? layOutFiles(block, root, mode, whole) : [],
      !whole.has(file) && writePieces(file, code, mode),
      map !== undefined && !whole.has(file) && writePieces(mapFileOf(file), map, mode),
    ]);
    return [{ path: file, size: code.reduce((sum, { length }) => sum + length, 0) }, ...carried];
  }
}

async function writePieces(file: string, pieces: Iterable<Uint8Array>, mode: number): Promise<void> {
  // Yarn's function takes no iterables.
  await writeFile(file, isPlugNPlay ? Buffer.concat([...pieces]) : pieces, { mode });
}

/** Advice for error codes that have to do with where the copy is. */
const remedies: Readonly<Record<string, string>> = {
  EROFS: 'mount it writable, or set copyDir to a writable folder',
  ENAMETOOLONG: 'give the plugin a shorter name, or its folder a shorter path',
};

function notCopied({ manifest, file }: Artifact, folder: string, cause: unknown): LiveswapError {
  const { name: plugin } = manifest;
  const remedy =
    diskRemedy(cause) ??
    remedies[String((cause as NodeJS.ErrnoException).code)] ??
    `let this process write to ${basename(dirname(folder))} there, or set copyDir to a folder in which it can`;
  const message = `Cannot copy ${plugin} from ${file} to ${folder}, where it is run from: ${messageOf(cause)}; ${remedy}.`;
  return new LiveswapError('COPY_FAILED', message, { plugin, file, folder, cause });
}
