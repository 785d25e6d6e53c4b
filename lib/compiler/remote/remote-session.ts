import { resolve } from 'node:path';
import { resolveOptions, type BuildOptions } from '../options.js';
import type { PluginReport } from '../report.js';
import { BuildProcessHandle } from './build-process-handle.js';
import type { BuildAnswer, SentOptions } from './protocol.js';

/** A `BuildSession` in a process of its own. When that dies, the next build starts another one, which builds everything. */
export class RemoteBuildSession {
  readonly #options: BuildOptions;
  #process: BuildProcessHandle | undefined;
  #inputs: ReadonlySet<string> = new Set();

  /** @throws LiveswapError `OPTION_INVALID` */
  constructor(options: BuildOptions) {
    resolveOptions(options);
    this.#options = options;
    options.signal?.addEventListener('abort', this.#giveUp);
  }

  /** Absolute paths of all files that the plugins were made of, as of the last build. */
  get inputs(): ReadonlySet<string> {
    return this.#inputs;
  }

  /** Works like `BuildSession.rebuild`. */
  async rebuild(changed: Iterable<string>): Promise<readonly PluginReport[]> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    try {
      const running = this.#running ?? (await this.#open());
      return this.#take(
        await running.ask({ kind: 'rebuild', changed: Array.from(changed, (path) => resolve(path)) }),
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Works like `BuildSession.judge`. */
  async judge(): Promise<readonly PluginReport[]> {
    const running = this.#running;
    return running ? this.#take(await running.ask({ kind: 'judge' })) : [];
  }

  /** Ends the process once its tasks are done. */
  async close(): Promise<void> {
    await this.#process?.close();
    this.#options.signal?.removeEventListener('abort', this.#giveUp);
  }

  get #running(): BuildProcessHandle | undefined {
    return this.#process?.isGone ? undefined : this.#process;
  }

  async #open(): Promise<BuildProcessHandle> {
    const { onProgress, signal: _signal, ...options } = this.#options;
    const opened = new BuildProcessHandle({
      ...(onProgress && { onProgress }),
      onFailedInputs: (inputs) => (this.#inputs = new Set(inputs)),
    });
    this.#process = opened;
    await opened.ask({ kind: 'open', options: options satisfies SentOptions });
    return opened;
  }

  // While it compiles, the process hears nothing. An artifact is written whole or not at all.
  readonly #giveUp = (): void => this.#process?.destroy();

  #take({ reports, inputs }: BuildAnswer): readonly PluginReport[] {
    this.#inputs = new Set(inputs);
    return reports;
  }
}
