import { resolve } from 'node:path';

/** The folder that artifacts are read from. It may be moved, and a layer above may have to bring it up to date first. */
export class PluginFolder {
  #path: string;
  readonly #listeners = new Set<(folder: string) => void>();
  #refresh: (() => Promise<unknown>) | undefined;

  /** A relative path is resolved now. */
  constructor(path: string) {
    this.#path = resolve(path);
  }

  /** Absolute path. */
  get path(): string {
    return this.#path;
  }

  moveTo(path: string): void {
    this.#path = resolve(path);
    for (const tell of this.#listeners) tell(this.#path);
  }

  /** Calls `listener` with the new path when the folder is moved, until the returned function is called. */
  onMoved(listener: (folder: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `refresh` before the artifacts are read. */
  refreshBy(refresh: () => Promise<unknown>): void {
    this.#refresh = refresh;
  }

  /** Brings the artifacts up to date. Resolves to the path from which to read them. */
  async refreshed(): Promise<string> {
    await this.#refresh?.();
    return this.#path;
  }
}
