import { resolve } from 'node:path';
import { checkPath } from '../core/check-path.js';
import { unreadable } from '../manifest/artifact.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';

/** Number of times that artifacts are brought up to date when another process replaces them before they are read. */
const ATTEMPTS = 5;

/** A layer that makes the artifacts of a folder from other sources. */
export interface ArtifactMaker {
  /** Brings the artifacts up to date. */
  readonly refresh: () => Promise<void>;
  /** Returns the file of an artifact that is not the one that was made last. */
  readonly replaced: (artifacts: readonly ArtifactFacts[]) => string | undefined;
}

/** The folder that artifacts are read from. It may be moved, and a layer above may have to bring it up to date first. */
export class PluginFolder {
  #path: string;
  readonly #listeners = new Set<(folder: string) => void>();
  #maker: ArtifactMaker | undefined;

  /** A relative path is resolved at once. @throws LiveswapError `OPTION_INVALID` for an empty path */
  constructor(path: string) {
    this.#path = resolved(path);
  }

  /** Absolute path. */
  get path(): string {
    return this.#path;
  }

  moveTo(path: string): void {
    this.#path = resolved(path);
    for (const tell of this.#listeners) tell(this.#path);
  }

  /** Calls `listener` with the new path when the folder is moved, until the returned function is called. */
  onMoved(listener: (folder: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Has `maker` bring the artifacts up to date before they are read. */
  refreshBy(maker: ArtifactMaker): void {
    this.#maker = maker;
  }

  /**
   * Brings the artifacts up to date, and returns what `read` reads of them.
   *
   * @throws LiveswapError `ARTIFACT_UNREADABLE` when another process goes on replacing one; errors of `read`
   */
  async read<Read extends ArtifactFacts>(
    read: (folder: string) => Promise<readonly Read[]>,
  ): Promise<readonly Read[]> {
    for (let attempt = 1; ; attempt++) {
      await this.#maker?.refresh();
      const artifacts = await read(this.#path);
      const replaced = this.#maker?.replaced(artifacts);
      if (replaced === undefined) return artifacts;
      if (attempt === ATTEMPTS) throw unreadable(replaced, new Error('another process goes on replacing it'));
    }
  }
}

function resolved(path: string): string {
  checkPath(path, 'pluginDir', 'the folder of the artifacts');
  return resolve(path);
}
