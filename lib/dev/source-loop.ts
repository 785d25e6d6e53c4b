import { resolve } from 'node:path';
import type { BuildOptions } from '../compiler/options.js';
import type { RemoteBuildSession } from '../compiler/remote/remote-session.js';
import type { PluginReport } from '../compiler/report.js';
import type { FileWatch } from '../files/watch-files.js';

/** What a build came to. */
export interface Build {
  /** Of every plugin there is. */
  readonly reports: readonly PluginReport[];
  /** Absolute paths of the files that were changed, added or deleted; empty the first time. */
  readonly changed: ReadonlySet<string>;
  /** When the first sign of it was noticed, as `performance.now()`. */
  readonly noticedAt: number;
  readonly ms: number;
}

/** Who is told of it. The next build waits for what these return. */
export interface SourceListener {
  readonly onChange?: (changed: ReadonlySet<string>) => void;
  readonly onBuilt: (build: Build) => Promise<void>;
  /** A build, what was made of it, or watching failed; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** Builds sources, watches them, and builds again: one build after the other, in a process of its own. */
export class SourceLoop {
  readonly #options: BuildOptions;
  readonly #listener: SourceListener;
  /** Paths that no build has taken in yet: it failed before it could. */
  readonly #owed = new Set<string>();
  #session: RemoteBuildSession | undefined;
  #files: FileWatch | undefined;
  #opening: Promise<void> | undefined;
  #builds: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: BuildOptions, listener: SourceListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Begins; resolves when the first build is done with. @throws LiveswapError `OPTION_INVALID` */
  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Types and rules of what was built before they were looked at. */
  judge(): Promise<readonly PluginReport[]> {
    return this.#session?.judge() ?? Promise.resolve([]);
  }

  /** Ends watching, when what is being built is done; nothing is built after that. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    await this.#files?.close();
    await this.#builds;
    await this.#session?.close();
  }

  async #open(): Promise<void> {
    const noticedAt = performance.now();
    // Whoever only wants to reload on a signal is spared both.
    const [{ RemoteBuildSession }, { watchFiles }] = await Promise.all([
      import('../compiler/remote/remote-session.js'),
      import('../files/watch-files.js'),
    ]);
    this.#session = new RemoteBuildSession(this.#options);
    // Before the first build, so that nothing is saved between the two.
    this.#files = await watchFiles(
      this.#options.sources.map((source) => resolve(source)),
      (changed, noticedAt) => this.#build(changed, noticedAt),
      (error) => this.#listener.onError(error),
      { except: this.#options.outDir },
    );
    await this.#build(new Set(), noticedAt);
  }

  /** One at a time. */
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

  /** What a build was given up for is watched like all the rest, so that it is known when it is mended. */
  async #rebuild(): Promise<readonly PluginReport[]> {
    try {
      return (await this.#session?.rebuild(this.#owed)) ?? [];
    } finally {
      await this.#files?.add(this.#session?.inputs ?? []);
    }
  }
}
