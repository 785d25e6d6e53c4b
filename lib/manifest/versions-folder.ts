import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rm, rmdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ARTIFACT_SUFFIX, type Artifact } from './artifact.js';
import { CopiedArtifact, type CopyFolder } from './copied-artifact.js';
import { versionOf } from './hash.js';
import { removeOrphans } from './orphans.js';
import { ownerName } from './owner.js';
import { PackageLinks } from './package-links.js';

/** The folder of copies, below the artifacts or where copies are to be. */
export const VERSIONS_FOLDER = '.versions';

/** A process that lives says so this often. */
const DAY_MS = 86_400_000;

/**
 * The immutable copies that threads run, in a folder of this process below the artifacts (so that packages beside them
 * resolve). A deploy may overwrite or delete an artifact at any time; a thread that is replaced later still finds its own.
 */
export class VersionsFolder implements CopyFolder {
  readonly path: string;
  readonly #parent: string;
  readonly #links: PackageLinks | undefined;
  /** The copies that are there, or are being written. */
  readonly #copies = new Set<CopiedArtifact>();
  #count = 0;
  /** The outermost of the folders that had to be made for this one: more than `.versions` when a deploy has deleted them. */
  #made: string | undefined;
  /** Whoever may read one of the copies may look into the folder. */
  #mode = 0;
  /** The permissions it was made with; `undefined` while it is not there. */
  #madeWith: number | undefined;
  /** What is being done to the folder itself. */
  #work: Promise<unknown> = Promise.resolve();
  #orphans: Promise<void> | undefined;
  #lifeSigns: NodeJS.Timeout | undefined;

  /**
   * @param artifacts absolute path of the folder that holds the artifacts.
   * @param copyDir absolute path of the folder to put the copies in instead: links lead from there to the packages.
   */
  constructor(artifacts: string, copyDir?: string) {
    this.#parent = join(copyDir ?? artifacts, VERSIONS_FOLDER);
    this.path = join(this.#parent, `${ownerName()}-${randomUUID().slice(0, 8)}`);
    if (copyDir !== undefined) this.#links = new PackageLinks(this.path, artifacts);
  }

  /** Whether no copy is there. */
  get isEmpty(): boolean {
    return this.#copies.size === 0;
  }

  /** An artifact that will run from here; nothing is written before it is used. */
  copyOf(artifact: Artifact): CopiedArtifact {
    const { manifest, hash } = artifact;
    this.#count++;
    // Two versions of the same bytes have a copy each.
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
      const made = await mkdir(this.#parent, { recursive: true });
      if (made !== undefined) this.#made = made;
      await mkdir(this.path, { recursive: true, mode: this.#mode });
      // It may have been made for an artifact that fewer may read; each copy has permissions of its own.
      await chmod(this.path, this.#mode).catch(() => {});
      await this.#links?.make();
      this.#madeWith = this.#mode;
    });
    this.#lifeSigns ??= setInterval(() => this.#giveLifeSign(), DAY_MS).unref();
    this.#orphans ??= removeOrphans(this.#parent);
  }

  async forget(copy: CopiedArtifact): Promise<void> {
    this.#copies.delete(copy);
    await this.#next(async () => {
      if (this.isEmpty) await this.#remove();
    });
  }

  /** Deletes what is left. What cannot be deleted is left to the next process. */
  async close(): Promise<void> {
    this.#copies.clear();
    await this.#next(() => this.#remove());
    await this.#orphans;
  }

  #next(run: () => Promise<unknown>): Promise<unknown> {
    this.#work = this.#work.then(run, run);
    return this.#work;
  }

  async #remove(): Promise<void> {
    clearInterval(this.#lifeSigns);
    this.#lifeSigns = undefined;
    this.#madeWith = undefined;
    await rm(this.path, { recursive: true, force: true }).catch(() => {});
    // While others have theirs in it, it stays; and so does what is above, unless it was made for this.
    const outermost = this.#made ?? this.#parent;
    for (let folder = this.#parent; folder.startsWith(outermost); folder = dirname(folder))
      if (!(await isRemoved(folder))) return;
  }

  #giveLifeSign(): void {
    const now = new Date();
    // A folder that a deploy has removed is made again with the next copy.
    utimes(this.path, now, now).catch(() => {});
  }
}

/** The permissions of a folder in which a file of these can be read. */
function folderModeFor(fileMode: number): number {
  const readable = fileMode & 0o444;
  return 0o700 | readable | (readable >> 2);
}

/** Removes a folder if it is empty. */
async function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}
