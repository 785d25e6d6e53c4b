import { fork, type ChildProcess } from 'node:child_process';
import { LiveswapError } from '../../core/errors.js';
import { packageFile } from '../../core/package-files.js';
import type { BuildProgress } from '../options.js';
import { endGroup, ownGroup } from './process-group.js';
import type { BuildReply, BuildTask, TaskAnswers } from './protocol.js';
import { receiveError } from './sent-error.js';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Callbacks of a {@link BuildProcessHandle}. */
export interface BuildProcessEvents {
  onProgress?(progress: BuildProgress): void;
  /** A task failed after these files were read, which include those that made it fail. */
  onFailedInputs?(inputs: readonly string[]): void;
}

/**
 * A separate process that builds, so that the requesting thread never compiles. It keeps the requesting process alive only while
 * it works. If it dies, for example out of memory, the tasks in progress fail.
 */
export class BuildProcessHandle {
  readonly #events: BuildProcessEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #child: ChildProcess;
  #count = 0;
  #isGone = false;

  /** @throws LiveswapError `START_FAILED` in a bundled host */
  constructor(events: BuildProcessEvents = {}) {
    this.#events = events;
    this.#child = fork(packageFile('#build-process'), {
      // The host's own arguments, such as an inspector's port, do not apply to this process.
      execArgv: [],
      env: uninspected(process.env),
      ...ownGroup,
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#receive(message as BuildReply));
    this.#child.on('error', (cause) => this.#lose(cause.message));
    this.#child.on('exit', (code, signal) => this.#lose(signal ?? `exit code ${code}`));
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** True while the process works. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Runs a task. @throws the error of the task; LiveswapError `WATCH_FAILED` when the process is gone */
  ask<Task extends BuildTask>(task: Task): Promise<TaskAnswers[Task['kind']]> {
    const id = this.#count++;
    this.#child.channel?.ref();
    return new Promise<TaskAnswers[Task['kind']]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, task }, (error) => {
        if (error) this.#settle(id)?.reject(error);
      });
    });
  }

  /** Ends the process once its tasks are done. */
  async close(): Promise<void> {
    if (this.#isGone) return;
    this.#child.ref();
    const gone = new Promise((ended) => this.#child.once('exit', ended));
    await this.ask({ kind: 'close' }).catch(() => {});
    await gone;
  }

  /** Ends the process now; its tasks are rejected. Idempotent. */
  destroy(): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#isGone) endGroup(pid);
    this.#child.kill('SIGKILL');
  }

  #receive(message: BuildReply): void {
    switch (message.kind) {
      case 'progress':
        return this.#events.onProgress?.(message.progress);
      case 'done':
        return this.#settle(message.id)?.resolve(message.answer as never);
      case 'failed':
        this.#events.onFailedInputs?.(message.inputs);
        return this.#settle(message.id)?.reject(receiveError(message.error));
      default:
        message satisfies never;
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#child.channel?.unref();
    return waiting;
  }

  #lose(how: string): void {
    this.#isGone = true;
    const error = new LiveswapError(
      'WATCH_FAILED',
      `The process that builds has died (${how}); save or reload again, and another one builds everything.`,
    );
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(error);
  }
}

/** Returns `env` without what makes a process open an inspector, or wait for a client of it. */
function uninspected(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options } = env;
  if (options === undefined) return env;
  return { ...env, NODE_OPTIONS: options.replace(/(?<!\S)--inspect(?:-brk|-wait)?(?:=\S*)?(?!\S)/g, '') };
}
