import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BuildAdapters } from './adapters/build-adapters.js';
import type { ResolvedOptions } from './options.js';
import { PluginBuild } from './plugin-build.js';
import type { PluginFolder } from './plugin-folders.js';
import type { Programs } from './programs.js';

const MOST_RUNS = 20;
const MOST_CPU_MS = 4_000;

/** Sources of a session, and what reads them. */
interface Sources {
  readonly options: ResolvedOptions;
  readonly programs: Programs;
  readonly plugins: readonly PluginFolder[];
  readonly adapters: BuildAdapters;
}

/**
 * Repeats what a save of a plugin's root module leads to, without a change of it and up to the artifact, which it does not write.
 * V8 compiles well only what has run a few dozen times: without practice, the first ten or twenty saves of a session take half as
 * long again as later ones.
 */
export class Practice {
  #runs = 0;
  #cpuMs = 0;

  /** Goes on until it has practised enough, or is told to stop; never rejects. */
  async run({ options, programs, plugins, adapters }: Sources, signal: AbortSignal): Promise<void> {
    // The fewer files, the shorter the steps, within which nothing stops it.
    const [plugin] = plugins.toSorted((one, other) => one.files.length - other.files.length);
    if (!plugin || this.#isOver) return;
    const { onProgress: _onProgress, ...silent } = options;
    const build = new PluginBuild(plugin, { ...silent, signal });
    const save = async (): Promise<void> => {
      await build.bundleAhead();
      await turn(signal);
      const opened = build.open(programs, plugins, adapters);
      opened.program.reparse(opened.sources.files.slice(0, 1));
      await build.collect(opened);
      await turn(signal);
      await build.startBundle(opened);
      await turn(signal);
      await build.bundle(opened, await build.examine(opened, []));
    };
    try {
      while (!this.#isOver) await this.#count(save);
    } catch {
      // It was told to stop, or the next build says what is wrong.
    } finally {
      await build.close();
    }
  }

  /** Counts also what is stopped on its way: each save may stop another run. */
  async #count(save: () => Promise<void>): Promise<void> {
    const before = process.cpuUsage();
    try {
      await save();
      this.#runs += 1;
    } finally {
      const { user, system } = process.cpuUsage(before);
      this.#cpuMs += (user + system) / 1_000;
    }
  }

  get #isOver(): boolean {
    return this.#runs >= MOST_RUNS || this.#cpuMs >= MOST_CPU_MS;
  }
}

/** Lets a message of the host arrive, which may end the practice. */
async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
