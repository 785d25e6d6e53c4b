import { randomUUID } from 'node:crypto';
import { chmod, rmdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { userCache } from '../core/cache-folder.js';
import { despiteReaders, removeDespiteReaders } from '../core/despite-readers.js';
import { makeFolder } from '../core/make-folder.js';
import { foldersAbove, isWithin } from '../core/paths.js';
import { ARTIFACT_SUFFIX, type Artifact } from './artifact.js';
import { CopiedArtifact, type CopyFolder } from './copied-artifact.js';
import { versionOf } from './hash.js';
import { markUsed } from './mark-used.js';
import { removeOrphans } from './orphans.js';
import { ownerName } from './owner.js';
import { PackageLinks } from './package-links.js';

/** Name of the folder for copies, below the artifacts or in the copy folder. */
const VERSIONS_FOLDER = '.versions';

/** Interval at which a running process updates its sign of life. */
const DAY_MS = 86_400_000;

/**
 * Immutable copies that threads run, in a folder of this process below the artifacts (so that packages beside them resolve). A
 * deploy may overwrite or delete an artifact at any time; a thread that is replaced later still finds its own copy.
 */
export class VersionsFolder implements CopyFolder {
  readonly path: string;
  readonly #artifacts: string;
  readonly #parent: string;
  readonly #links: PackageLinks | undefined;
  readonly #lifeSignMs: number;
  /** Copies that exist or are being written. */
  readonly #copies = new Set<CopiedArtifact>();
  #count = 0;
  /** The outermost folder that had to be created for this one: above `.versions` if a deploy has deleted more. */
  #made: string | undefined;
  /** Permissions of the folder: users who may read one of the copies may enter it. */
  #mode = 0;
  /** The permissions with which the folder was created; `undefined` while it does not exist. */
  #madeWith: number | undefined;
  /** The operation on the folder in progress. */
  #work: Promise<unknown> = Promise.resolve();
  #orphans: Promise<void> | undefined;
  #lifeSigns: NodeJS.Timeout | undefined;
  /** Contains the copies of those whose copy here was deleted. */
  #other: VersionsFolder | undefined;

  /**
   * @param artifacts absolute path of the folder that holds the artifacts.
   * @param copyDir absolute path of an alternative folder for the copies: links lead from there to the packages.
   * @param lifeSignMs interval of signs that this process runs, in milliseconds.
   */
  constructor(artifacts: string, copyDir?: string, lifeSignMs = DAY_MS) {
    this.#artifacts = artifacts;
    this.#lifeSignMs = lifeSignMs;
    this.#parent = join(copyDir ?? artifacts, VERSIONS_FOLDER);
    this.path = join(this.#parent, `${ownerName()}-${randomUUID().slice(0, 8)}`);
    if (copyDir !== undefined) this.#links = new PackageLinks(this.path, artifacts);
  }

  /** True when the folder contains no copies. */
  get isEmpty(): boolean {
    return this.#copies.size === 0;
  }

  /** Returns an artifact that will run from here; the copy is written when it is first used. */
  copyOf(artifact: Artifact): CopiedArtifact {
    const { manifest, hash } = artifact;
    this.#count++;
    // Two versions of equal bytes have a copy each.
    const name = `${manifest.name}.${versionOf(hash)}.${this.#count}`;
    const fileName = `${name}${ARTIFACT_SUFFIX}`;
    const folder = this.#links?.innermost ?? this.path;
    if (manifest.filesAt === undefined) {
      return new CopiedArtifact(artifact, { file: join(folder, fileName) }, this);
    }
    const root = join(folder, name);
    return new CopiedArtifact(artifact, { file: join(root, manifest.filesAt, fileName), root }, this);
  }

  async make(copy: CopiedArtifact, fileMode: number, anew?: 'anew'): Promise<void> {
    this.#copies.add(copy);
    this.#mode |= folderModeFor(fileMode);
    await this.#next(async () => {
      if (this.#madeWith === this.#mode && !anew) return;
      await this.#create();
      // The folder may have been created for an artifact with narrower permissions; each copy has permissions of its own.
      await chmod(this.path, this.#mode).catch(() => {});
      await this.#links?.make();
      this.#madeWith = this.#mode;
    });
    this.#lifeSigns ??= setInterval(() => void this.#giveLifeSign(), this.#lifeSignMs).unref();
    this.#orphans ??= removeOrphans(this.#parent);
  }

  async copyElsewhere(artifact: Artifact): Promise<CopiedArtifact> {
    const cache = await userCache();
    this.#other ??= new VersionsFolder(this.#artifacts, cache, this.#lifeSignMs);
    return this.#other.copyOf(artifact);
  }

  async forget(copy: CopiedArtifact): Promise<void> {
    this.#copies.delete(copy);
    await this.#next(async () => {
      if (this.isEmpty) await this.#remove();
    });
  }

  /** Deletes everything that is left. Anything that cannot be deleted is left to the next process. */
  async close(): Promise<void> {
    this.#copies.clear();
    await this.#next(() => this.#remove());
    await this.#other?.close();
    await this.#orphans;
  }

  #next(run: () => Promise<unknown>): Promise<unknown> {
    this.#work = this.#work.then(run, run);
    return this.#work;
  }

  /** Creates the folder. Another process that empties the parent may remove that at any moment, so it is created again then. */
  async #create(triesLeft = 5): Promise<void> {
    try {
      const made = await makeFolder(this.#parent);
      if (made !== undefined) this.#made = made;
      await makeFolder(this.path, this.#mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || triesLeft === 0) throw error;
      await this.#create(triesLeft - 1);
    }
  }

  async #remove(): Promise<void> {
    clearInterval(this.#lifeSigns);
    this.#lifeSigns = undefined;
    this.#madeWith = undefined;
    await removeDespiteReaders(this.path).catch(() => {});
    // Keep the parent while others have folders in it, and folders above it unless they were created for this one.
    const outermost = this.#made ?? this.#parent;
    for (const folder of [this.#parent, ...foldersAbove(this.#parent)])
      if (!isWithin(folder, outermost) || !(await isRemoved(folder))) return;
  }

  async #giveLifeSign(): Promise<void> {
    const now = new Date();
    // A folder that a deploy has removed is created again with the next copy.
    await utimes(this.path, now, now).catch(() => {});
    await markUsed(this.path);
  }
}

/** Returns folder permissions that allow reading a file with the given permissions. */
function folderModeFor(fileMode: number): number {
  const readable = fileMode & 0o444;
  return 0o700 | readable | (readable >> 2);
}

/** Removes a folder if it is empty, and returns true if it did. */
async function isRemoved(folder: string): Promise<boolean> {
  const remove = (): Promise<boolean> => rmdir(folder).then(() => true, unlessOthersUseIt);
  return despiteReaders(remove).catch(() => false);
}

/** Returns false for an error that others cause by their folders in it: unlike readers, they do not leave in a moment. */
function unlessOthersUseIt(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOTEMPTY') return false;
  throw error;
}
