import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withDeadline } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import { Pace } from '../core/pace.js';
import { Semaphore } from '../core/semaphore.js';
import { artifactFileName, unreadable, type Artifact } from '../manifest/artifact.js';
import { keyOf } from '../core/plugin-key.js';
import { ownModule } from '../core/own-build.js';
import type { ArtifactFacts, RunnableArtifact } from '../manifest/runnable-artifact.js';
import { VersionsFolder } from '../manifest/versions-folder.js';
import { threadEnvironment } from '../pool/environment.js';
import { HeadStart } from '../pool/head-start.js';
import { PiscinaPool } from '../pool/piscina-pool.js';
import { checkRoom } from '../pool/room.js';
import { Standby } from '../pool/standby.js';
import { BLANK_LEAVE_MS, type ThreadPool } from '../pool/thread-pool.js';
import { bootPool, withBooted } from '../pool/warm-pool.js';
import { linkedArtifact } from '../static/linked-artifact.js';
import type { StaticPlugins } from '../static/static-plugins.js';
import type { Version } from '../version/version.js';
import type { VersionHost } from '../version/version-host.js';
import type { SwapperSettings } from './options.js';
import { PluginSettings } from './plugin-settings.js';
import { readArtifacts, refuseDuplicates, selectPlugins } from './read-artifacts.js';
import type { SwapObserver } from './swap-observer.js';
import type { VaultHost } from './vault-host.js';

/** Creates versions, and manages their files and threads. */
export class VersionFactory {
  readonly #settings: SwapperSettings;
  readonly #vaultHost: VaultHost;
  readonly #observer: SwapObserver;
  readonly #generation: () => number | undefined;
  /** Folders of copies, by the real path of the folder that contains the artifacts. */
  readonly #folders = new Map<string, VersionsFolder>();
  readonly #standby: Standby | undefined;
  readonly #headStart: HeadStart;
  readonly #pluginSettings: PluginSettings;
  /** The artifacts that were read last, by file. */
  #read: ReadonlyMap<string, Artifact> = new Map();
  /** One hand-over at a time closes gates. */
  readonly #gates = new Semaphore(1);
  /** Every version that has threads. */
  readonly #alive = new Set<Version>();

  /** `generation` returns the id of the current generation. */
  constructor(
    settings: SwapperSettings,
    vaultHost: VaultHost,
    observer: SwapObserver,
    generation: () => number | undefined,
  ) {
    this.#generation = generation;
    this.#settings = settings;
    this.#vaultHost = vaultHost;
    this.#observer = observer;
    this.#pluginSettings = new PluginSettings(settings, observer.logger);
    this.#headStart = new HeadStart(() => new PiscinaPool(settings));
    if (settings.standby && !settings.static) {
      this.#standby = new Standby(() => new PiscinaPool(settings), settings.threads);
    }
  }

  get alive(): ReadonlySet<Version> {
    return this.#alive;
  }

  /** Number of idle threads on standby. */
  get standbyThreads(): number {
    return this.#standby?.waiting ?? 0;
  }

  /**
   * Reads the artifacts of `folder`.
   * @throws LiveswapError `ARTIFACT_UNREADABLE`, also when reading does not finish within `startMs`
   */
  async read(folder: string): Promise<RunnableArtifact[]> {
    const { static: plugins, only, startMs } = this.#settings;
    if (plugins) return linkedArtifacts(plugins, only, folder);
    const late = (): LiveswapError => unreadable(folder, new Error(noAnswer(startMs)));
    // The main thread has time for that code while a thread boots; making a version tells why it failed.
    this.#headStart
      .begin()
      .then(loadVersions)
      .catch(() => {});
    const [artifacts, realFolder] = await withDeadline(readFolder(folder, only, this.#read), startMs, late);
    this.#read = new Map(artifacts.map((artifact) => [artifact.file, artifact]));
    this.#pluginSettings.sayUnknown(artifacts.map(({ manifest }) => manifest));
    const copies = this.#folderOf(realFolder);
    return artifacts.map((artifact) => copies.copyOf(artifact));
  }

  /**
   * Returns a function that creates the versions of one generation without starting them, spread over turns of the event loop;
   * `onFailed` is called when the threads of one have died too often.
   */
  batch(onFailed: (version: Version) => void): (artifact: RunnableArtifact) => Promise<Version> {
    const pace = new Pace();
    const host = this.#hostFor(onFailed);
    return async (artifact) => {
      const settings = this.#pluginSettings.of(artifact.manifest);
      const { pool, versions } = await pace.do(async () => {
        // Boot its threads while the artifact is copied.
        const booting = await this.#poolFor(artifact, settings);
        const copied = Promise.all([loadVersions(), artifact.use()]);
        const [loaded] = await copied.catch(async (error: unknown) => {
          await booting.close(BLANK_LEAVE_MS);
          throw error;
        });
        return { pool: booting, versions: loaded };
      });
      // Many copies may be written in the same turn.
      return pace.do(() => this.#adopt(new versions.Version(artifact, settings, pool, host)));
    };
  }

  /** See {@link VersionHost.takeGates}. */
  takeGates(): Promise<() => void> {
    return this.#gates.enter();
  }

  #adopt(version: Version): Version {
    this.#alive.add(version);
    void version.retired.then(() => {
      this.#alive.delete(version);
      this.#observer.totals.retire(version);
      // A copy that cannot be deleted does no harm: the next process removes it.
      version.artifact.release().catch(() => {});
    });
    return version;
  }

  /** @throws LiveswapError `LIMIT_EXCEEDED` when there is no room for the threads of these artifacts as well */
  async checkRoom(artifacts: readonly ArtifactFacts[]): Promise<void> {
    if (this.#settings.static) return;
    const threads = artifacts.map(({ manifest }) => this.#pluginSettings.of(manifest).threads);
    await checkRoom(threads.reduce((sum, count) => sum + count, 0));
  }

  /** Boots idle threads for the next versions when the process is idle. A load that failed may have left one that boots. */
  prepare(): void {
    void this.#headStart.close();
    this.#standby?.refill();
  }

  async close(): Promise<void> {
    await Promise.all([this.#headStart.close(), this.#standby?.close()]);
    await Promise.all(Array.from(this.#folders.values(), (folder) => folder.close()));
  }

  #folderOf(artifacts: string): VersionsFolder {
    const { copyDir } = this.#settings;
    // The same folder must not get a second object while the first one is being emptied.
    for (const [path, folder] of this.#folders)
      if (path !== artifacts && folder.isEmpty) this.#folders.delete(path);
    const folder = this.#folders.get(artifacts) ?? new VersionsFolder(artifacts, copyDir && resolve(copyDir));
    this.#folders.set(artifacts, folder);
    return folder;
  }

  async #poolFor(
    { manifest: { name, app } }: RunnableArtifact,
    settings: SwapperSettings,
  ): Promise<ThreadPool> {
    const { static: plugins, threads } = settings;
    const linked = Object.values(plugins ?? {}).find((one) => keyOf(one.manifest.name) === keyOf(name));
    if (linked) {
      const { InProcessPool } = await ownModule(import('../static/in-process-pool.js'));
      return new InProcessPool(name, linked.module);
    }
    if (this.#pluginSettings.isStandard(name)) {
      const pool = this.#headStart.take(threads) ?? this.#standby?.take(app ? 'app' : 'plugin');
      if (pool) return pool;
    }
    return withBooted(bootPool(new PiscinaPool(settings), threads));
  }

  #hostFor(onFailed: (version: Version) => void): VersionHost<Version> {
    return {
      // A copy takes 0.15 ms, so the versions of a generation share one.
      environment: threadEnvironment() as Record<string, string>,
      answer: (...asked) => this.#vaultHost.answer(...asked),
      chain: () => this.#vaultHost.chainHere(),
      askCallback: (...asked) => this.#vaultHost.askCallback(...asked),
      serveCallback: (...asked) => this.#vaultHost.serveCallback(...asked),
      surface: (...asked) => this.#vaultHost.surface(...asked),
      onFailed,
      generation: this.#generation,
      takeGates: () => this.takeGates(),
      versions: () => this.#alive,
      emit: this.#observer.emit,
    };
  }
}

/** Loads the code of versions and of their links, half of the host's: importing this package does not wait for it. */
function loadVersions(): Promise<{ readonly Version: typeof Version }> {
  return ownModule(import('../version/version.js'));
}

/**
 * Resolves to the artifacts of a folder, and its real path. When a folder cannot be read, the artifacts' error tells more than
 * that of the path.
 */
async function readFolder(
  folder: string,
  only: readonly string[] | undefined,
  known: ReadonlyMap<string, Artifact>,
): Promise<[artifacts: Artifact[], realFolder: string]> {
  const [artifacts, realFolder] = await Promise.allSettled([
    readArtifacts(folder, only, known),
    realpath(folder),
  ]);
  if (artifacts.status === 'rejected') throw artifacts.reason;
  if (realFolder.status === 'rejected') throw realFolder.reason;
  return [artifacts.value, realFolder.value];
}

function noAnswer(startMs: number): string {
  return `it was not read within ${startMs} ms (startMs); check whether the source of its mount still exists`;
}

/** Returns the linked artifacts; `folder` is where they were built. */
function linkedArtifacts(
  plugins: StaticPlugins,
  only: readonly string[] | undefined,
  folder: string,
): RunnableArtifact[] {
  const selected = selectPlugins(Object.values(plugins), only, 'the static plugins');
  const linked = selected.map((plugin) =>
    linkedArtifact(plugin, join(folder, artifactFileName(plugin.manifest.name))),
  );
  refuseDuplicates(linked);
  return linked;
}
