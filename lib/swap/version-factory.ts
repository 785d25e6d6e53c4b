import { join } from 'node:path';
import { artifactFileName, type Artifact } from '../manifest/artifact.js';
import type { Manifest } from '../manifest/manifest.js';
import { VersionsFolder } from '../manifest/versions-folder.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { Version } from '../version/version.js';
import type { VersionHost } from '../version/version-host.js';
import type { VersionSource } from '../version/version-source.js';
import { bootPool, withBooted } from '../pool/warm-pool.js';
import { PiscinaPool } from '../pool/piscina-pool.js';
import { Standby } from '../pool/standby.js';
import { BLANK_LEAVE_MS, type ThreadPool } from '../pool/thread-pool.js';
import { InProcessPool } from '../static/in-process-pool.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import { readArtifacts, refuseDuplicates, selectPlugins } from './read-artifacts.js';
import type { SwapperSettings } from './options.js';

/** Something a version can be started from: an artifact that was read, a kept copy, a statically linked module. */
export interface Startable {
  readonly manifest: Manifest;
  readonly hash: string;
  readonly file: string;
  /** Of a statically linked plugin: what runs in this thread. */
  readonly module?: ArtifactModule;
  /** Counts one more user of what runs, and resolves to its URL. */
  use(): Promise<string>;
}

/** Makes versions, and keeps the files and threads they are made of. */
export class VersionFactory {
  readonly #settings: SwapperSettings;
  readonly #host: VersionHost<Version>;
  readonly #copies = new VersionsFolder();
  readonly #standby: Standby | undefined;
  /** Every version that has threads. */
  readonly #alive = new Set<Version>();

  constructor(settings: SwapperSettings, host: VersionHost<Version>) {
    this.#settings = settings;
    this.#host = host;
    if (settings.standby && !settings.static) {
      this.#standby = new Standby(() => new PiscinaPool(settings), settings.threads);
    }
  }

  get alive(): ReadonlySet<Version> {
    return this.#alive;
  }

  /** Blank threads that have booted and wait. */
  get standbyThreads(): number {
    return this.#standby?.waiting ?? 0;
  }

  /** What can be started from `folder` now. */
  async read(folder: string): Promise<Startable[]> {
    const { static: plugins, only } = this.#settings;
    if (plugins) return startableModules(plugins, only, folder);
    const artifacts = await readArtifacts(folder, only);
    return artifacts.map((artifact) => this.#startable(artifact, folder));
  }

  /** What brings a version back that has run: it keeps the copy until {@link forget}. */
  keep(source: VersionSource): Startable {
    if (!this.#settings.static) this.#copies.share(source.url);
    return {
      ...source,
      use: async () => {
        this.#copies.share(source.url);
        return source.url;
      },
    };
  }

  /** Lets go of what {@link keep} kept. */
  async forget(source: VersionSource): Promise<void> {
    if (!this.#settings.static) await this.#copies.release(source.url);
  }

  async create(startable: Startable): Promise<Version> {
    const { manifest, hash, file } = startable;
    // Its threads boot while it is copied.
    const pool = this.#poolFor(startable);
    const url = await startable.use().catch(async (error: unknown) => {
      await pool.close(BLANK_LEAVE_MS);
      throw error;
    });
    const source: VersionSource = { manifest, hash, file, url };
    const version = new Version(source, this.#settings, pool, this.#host);
    this.#alive.add(version);
    void version.retired.then(() => {
      this.#alive.delete(version);
      // A copy that cannot be deleted is in nobody's way: the next process removes it.
      this.forget(source).catch(() => {});
    });
    return version;
  }

  /** Boots blank threads for the next versions when the process is idle. */
  prepare(): void {
    this.#standby?.refill();
  }

  async close(): Promise<void> {
    await this.#standby?.close();
    await this.#copies.close();
  }

  #poolFor({ manifest, module }: Startable): ThreadPool {
    if (module) return new InProcessPool(manifest.name, module);
    if (this.#standby) return this.#standby.take();
    return withBooted(bootPool(new PiscinaPool(this.#settings), this.#settings.threads, false));
  }

  #startable(artifact: Artifact, folder: string): Startable {
    const { manifest, hash, file } = artifact;
    return { manifest, hash, file, use: () => this.#copies.use(artifact, folder) };
  }
}

/** `folder` is where the artifacts were that have been linked. */
function startableModules(
  plugins: StaticPlugins,
  only: readonly string[] | undefined,
  folder: string,
): Startable[] {
  const linked = selectPlugins(Object.values(plugins), only, 'the static plugins');
  const startables = linked.map(({ manifest, hash, module }) => ({
    manifest,
    hash,
    module,
    file: join(folder, artifactFileName(manifest.name)),
    use: async () => '',
  }));
  refuseDuplicates(startables);
  return startables;
}
