import { resolve } from 'node:path';
import { resolveOptions, type BuildOptions } from '../options.js';
import type { Reads } from '../record/reads.js';
import type { PluginReport } from '../report.js';
import { madeSnapshot } from '../snapshot/snapshot-file.js';
import { BuildProcessHandle, type Beginning } from './build-process-handle.js';
import type { BuildAnswer, BuildTask, SentOptions } from './protocol.js';

/** A `BuildSession` in a process of its own. When that dies, the next build starts another one, which builds everything. */
export class RemoteBuildSession {
  readonly #options: BuildOptions;
  #process: BuildProcessHandle | undefined;
  #opened: Promise<unknown> | undefined;
  #inputs: ReadonlySet<string> = new Set();

  /** @throws LiveswapError `OPTION_INVALID` */
  constructor(options: BuildOptions) {
    resolveOptions(options);
    this.#options = options;
    options.signal?.addEventListener('abort', this.#destroy);
  }

  /** Absolute paths of all files that the plugins were made of, as of the last build. */
  get inputs(): ReadonlySet<string> {
    return this.#inputs;
  }

  /** Begins a process; otherwise, the first task does. */
  begin(beginning: Beginning): BuildProcessHandle {
    const { onProgress, signal, ...options } = this.#options;
    signal?.throwIfAborted();
    const events = {
      ...(onProgress && { onProgress }),
      onFailedInputs: (inputs: readonly string[]) => (this.#inputs = new Set(inputs)),
    };
    const begun = new BuildProcessHandle(events, beginning);
    this.#process = begun;
    this.#opened = begun.ask({ kind: 'open', options: options satisfies SentOptions });
    // The first task tells.
    this.#opened.catch(() => {});
    return begun;
  }

  /** Works like `BuildSession.build`. */
  build(): Promise<readonly PluginReport[]> {
    return this.rebuild([]);
  }

  /** Works like `BuildSession.rebuild`. */
  rebuild(changed: Iterable<string>): Promise<readonly PluginReport[]> {
    return this.#run({ kind: 'rebuild', changed: absolute(changed) });
  }

  /** Works like `BuildSession.check`. */
  check(changed: Iterable<string> = []): Promise<readonly PluginReport[]> {
    return this.#run({ kind: 'check', changed: absolute(changed) });
  }

  /** Resolves to what `BuildSession.reads` returns; to `undefined` when the process is gone. */
  async reads(): Promise<Reads | undefined> {
    return this.#running?.ask({ kind: 'reads' });
  }

  /** Works like `BuildSession.judge`. */
  async judge(): Promise<readonly PluginReport[]> {
    const running = this.#running;
    return running ? this.#take(await running.ask({ kind: 'judge' })) : [];
  }

  /** Ends the process once its tasks are done. */
  async close(): Promise<void> {
    await this.#process?.close();
    this.#options.signal?.removeEventListener('abort', this.#destroy);
  }

  /** Ends the process now, and does not wait for its end. An artifact is written whole or not at all. */
  destroy(): void {
    this.#destroy();
    this.#options.signal?.removeEventListener('abort', this.#destroy);
  }

  get #running(): BuildProcessHandle | undefined {
    return this.#process?.isGone ? undefined : this.#process;
  }

  async #run(task: BuildTask & { readonly kind: 'rebuild' | 'check' }): Promise<readonly PluginReport[]> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    try {
      const running = this.#running ?? this.begin({ snapshot: await madeSnapshot() });
      await this.#opened;
      return this.#take(await running.ask(task));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  // While it compiles, the process hears nothing.
  readonly #destroy = (): void => this.#process?.destroy();

  #take({ reports, inputs }: BuildAnswer): readonly PluginReport[] {
    this.#inputs = new Set(inputs);
    return reports;
  }
}

function absolute(paths: Iterable<string>): string[] {
  return Array.from(paths, (path) => resolve(path));
}
