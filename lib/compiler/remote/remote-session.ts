import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { LiveswapError } from '../../core/errors.js';
import { resolveOptions, type BuildOptions } from '../options.js';
import type { PluginReport } from '../report.js';
import type { BuildAnswer, BuildReply, BuildTask, SentOptions } from './protocol.js';
import { receiveError } from './sent-error.js';

const nothing: BuildAnswer = { reports: [], inputs: [] };

interface Waiting {
  readonly resolve: (answer: BuildAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A `BuildSession` in a process of its own: the thread that it is used from never compiles. A process that dies, such as for want
 * of memory, fails what it was asked for; the next build starts another one, which builds everything.
 */
export class RemoteBuildSession {
  readonly #options: BuildOptions;
  readonly #waiting = new Map<number, Waiting>();
  #process: ChildProcess | undefined;
  #inputs: ReadonlySet<string> = new Set();
  #count = 0;

  /** @throws LiveswapError `OPTION_INVALID` */
  constructor(options: BuildOptions) {
    resolveOptions(options);
    this.#options = options;
  }

  /** Absolute paths of every file that the plugins were made of, as the last build found them. */
  get inputs(): ReadonlySet<string> {
    return this.#inputs;
  }

  /** Works like `BuildSession.rebuild`. */
  async rebuild(changed: Iterable<string>): Promise<readonly PluginReport[]> {
    this.#options.signal?.throwIfAborted();
    if (!this.#process) await this.#open();
    return this.#run({ kind: 'rebuild', changed: Array.from(changed, (path) => resolve(path)) });
  }

  /** Works like `BuildSession.judge`. */
  async judge(): Promise<readonly PluginReport[]> {
    return this.#process ? this.#run({ kind: 'judge' }) : [];
  }

  /** Ends the process, when it has done what it was asked for. */
  async close(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    child.ref();
    const gone = new Promise((ended) => child.once('exit', ended));
    await this.#ask({ kind: 'close' }).catch(() => {});
    await gone;
  }

  async #open(): Promise<void> {
    const { onProgress: _onProgress, signal: _signal, ...options } = this.#options;
    const child = fork(createRequire(import.meta.url).resolve('#build-process'), {
      // The host's own arguments, such as an inspector's port, are not for this process.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process = child;
    child.on('message', (message) => this.#receive(message as BuildReply));
    child.on('error', (cause) => this.#lose(cause.message));
    child.on('exit', (code, signal) => this.#lose(signal ?? `exit code ${code}`));
    // A process that waits for a build is alive anyway.
    child.unref();
    child.channel?.unref();
    await this.#ask({ kind: 'open', options: options satisfies SentOptions });
  }

  async #run(task: BuildTask): Promise<readonly PluginReport[]> {
    const { reports, inputs } = await this.#ask(task);
    this.#inputs = new Set(inputs);
    return reports;
  }

  #ask(task: BuildTask): Promise<BuildAnswer> {
    const child = this.#process;
    if (!child) return Promise.resolve(nothing);
    const id = this.#count++;
    child.channel?.ref();
    return new Promise<BuildAnswer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.send({ id, task }, (error) => {
        if (error) this.#settle(id)?.reject(error);
      });
    });
  }

  #receive(message: BuildReply): void {
    switch (message.kind) {
      case 'progress':
        return this.#options.onProgress?.(message.progress);
      case 'done':
        return this.#settle(message.id)?.resolve(message.answer);
      case 'failed':
        this.#inputs = new Set(message.inputs);
        return this.#settle(message.id)?.reject(receiveError(message.error));
      default:
        message satisfies never;
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#process?.channel?.unref();
    return waiting;
  }

  #lose(how: string): void {
    this.#process = undefined;
    const error = new LiveswapError(
      'WATCH_FAILED',
      `The process that builds has died (${how}); save again, and another one builds everything.`,
    );
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(error);
  }
}
