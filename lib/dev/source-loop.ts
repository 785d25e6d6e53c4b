import { resolve } from 'node:path';
import type { BuildOptions, CheckOptions } from '../compiler/options.js';
import type { Reads } from '../compiler/record/reads.js';
import type { PluginReport } from '../compiler/report.js';
import { performance } from '../core/timers.js';
import { ownModule } from '../core/own-build.js';
import type { FileWatch } from '../files/watch-files.js';

/** The outcome of one build. */
export interface Build {
  /** A report for every plugin there is. */
  readonly reports: readonly PluginReport[];
  /** Absolute paths of the files that were changed, added or deleted; empty the first time. */
  readonly changed: ReadonlySet<string>;
  /** Time of the first sign of the change, as `performance.now()`. */
  readonly noticedAt: number;
  readonly ms: number;
}

/** Callbacks of a {@link SourceLoop}. The next build waits for the promise of `onBuilt`. */
export interface SourceListener {
  readonly onChange?: (changed: ReadonlySet<string>) => void;
  readonly onBuilt: (build: Build) => Promise<void>;
  /** A build, the handling of its result, or watching failed; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** Looks at sources again and again, and knows what it looked at. */
interface SourceSession {
  /** Absolute paths of every file that the last reports were made of. */
  readonly inputs: ReadonlySet<string>;
  /** Looks again at the plugins of which these files are a part. */
  rebuild(changed: Iterable<string>): Promise<readonly PluginReport[]>;
  /** Checks the plugins that the last build has left unchecked. */
  judge?(): Promise<readonly PluginReport[]>;
  /** Resolves to what decided the last build, if it can be told. */
  reads?(): Promise<Reads | undefined>;
  close(): Promise<void>;
}

/** The sources of a {@link SourceLoop}. */
interface Sources {
  readonly folders: readonly string[];
  /** A folder among them that is not watched: the output folder. */
  readonly except?: string;
  /** Opens the session. @throws LiveswapError `OPTION_INVALID` */
  readonly open: () => Promise<SourceSession>;
}

/** Sources that are built, in a separate process. */
export function builtSources(options: BuildOptions): Sources {
  return {
    folders: options.sources,
    except: options.outDir,
    open: async () => {
      const { RemoteBuildSession } = await ownModule(import('../compiler/remote/remote-session.js'));
      return new RemoteBuildSession(options);
    },
  };
}

/** Sources whose types and rules are checked, and nothing is written. */
export function checkedSources(options: CheckOptions): Sources {
  return {
    folders: options.sources,
    open: async () => {
      const { BuildSession } = await ownModule(import('../compiler/session.js'));
      const session = new BuildSession({ ...options, outDir: '.' });
      return {
        get inputs() {
          return session.inputs;
        },
        rebuild: (changed) => session.check(changed),
        close: () => session.close(),
      };
    },
  };
}

/** Builds or checks sources, watches them and does so again: one build at a time. */
export class SourceLoop {
  readonly #sources: Sources;
  readonly #listener: SourceListener;
  /** Paths of changes that no build has taken in yet, because it failed first. */
  readonly #owed = new Set<string>();
  #session: SourceSession | undefined;
  #files: FileWatch | undefined;
  #opening: Promise<void> | undefined;
  #builds: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(sources: Sources, listener: SourceListener) {
    this.#sources = sources;
    this.#listener = listener;
  }

  /** Begins; resolves when the first build has been handled. @throws LiveswapError `OPTION_INVALID` */
  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Checks types and rules of the plugins that were built without a check. */
  judge(): Promise<readonly PluginReport[]> {
    return this.#session?.judge?.() ?? Promise.resolve([]);
  }

  /** Resolves to what decided the last build; to `undefined` when nothing tells. */
  async reads(): Promise<Reads | undefined> {
    return this.#session?.reads?.();
  }

  /** Stops watching once the current build is done; nothing is built after that. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    await this.#files?.close();
    await this.#builds;
    await this.#session?.close();
  }

  async #open(): Promise<void> {
    const noticedAt = performance.now();
    // Import lazily, to spare users that only reload on a signal.
    const { folders, except } = this.#sources;
    const [session, { watchFiles }] = await Promise.all([
      this.#sources.open(),
      ownModule(import('../files/watch-files.js')),
    ]);
    this.#session = session;
    // Watch before the first build, so that no save in between is missed.
    this.#files = await watchFiles(
      folders.map((folder) => resolve(folder)),
      (changed, noticedAt) => this.#build(changed, noticedAt),
      (error) => this.#listener.onError(error),
      { except },
    );
    await this.#build(new Set(), noticedAt);
  }

  /** Queues a build: they run one at a time. */
  #build(changed: ReadonlySet<string>, noticedAt: number): Promise<void> {
    this.#builds = this.#builds.then(async () => {
      if (this.#isClosed) return;
      if (changed.size > 0) this.#listener.onChange?.(changed);
      for (const path of changed) this.#owed.add(path);
      try {
        const began = performance.now();
        const reports = await this.#rebuild();
        this.#owed.clear();
        await this.#listener.onBuilt({ reports, changed, noticedAt, ms: performance.now() - began });
      } catch (error) {
        this.#listener.onError(error);
      }
    });
    return this.#builds;
  }

  /** Rebuilds; after a failure, the files that caused it are watched like all others, so that a fix of them is noticed. */
  async #rebuild(): Promise<readonly PluginReport[]> {
    try {
      return (await this.#session?.rebuild(this.#owed)) ?? [];
    } finally {
      await this.#files?.add(this.#session?.inputs ?? []);
    }
  }
}
