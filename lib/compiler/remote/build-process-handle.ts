import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { LiveswapError } from '../../core/errors.js';
import { packageFile } from '../../core/package-files.js';
import { refuseNoProcesses } from '../no-processes.js';
import type { BuildProgress } from '../options.js';
import { beginWith, discardSnapshot } from '../snapshot/snapshot-file.js';
import { buildEnvironment } from './build-environment.js';
import { buildProcessFile } from './build-process-file.js';
import { endGroup, ownGroup } from './process-group.js';
import type { BuildReply, BuildTask, TaskAnswers } from './protocol.js';
import { receiveError } from './sent-error.js';

interface Waiting {
  readonly task: BuildTask;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** How a process that builds begins. */
export interface Beginning {
  /**
   * Path of a snapshot of the compiler with which it begins. Without one, or if it cannot begin with it, it loads the compiler when it
   * needs it.
   */
  readonly snapshot?: string | undefined;
  /**
   * `'shared'`: it writes to the output of this process itself, which writes may stop from then on until somebody reads. Default:
   * `'passed on'`.
   */
  readonly output?: 'shared' | 'passed on';
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
  readonly #file: string;
  readonly #output: Beginning['output'];
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess;
  /** The snapshot with which the process has begun, until it has answered. */
  #untried: string | undefined;
  #count = 0;
  #isGone = false;

  /**
   * @throws LiveswapError `START_FAILED` in a bundled host, and where this package was replaced on the disk; `BUILD_FAILED` where no
   *   process may be started
   */
  constructor(events: BuildProcessEvents = {}, { snapshot, output = 'passed on' }: Beginning = {}) {
    refuseNoProcesses();
    this.#events = events;
    this.#file = buildProcessFile();
    this.#output = output;
    this.#untried = snapshot;
    this.#child = this.#begin(snapshot);
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
    this.#keepAlive(true);
    return new Promise<TaskAnswers[Task['kind']]>((resolve, reject) => {
      this.#waiting.set(id, { task, resolve, reject });
      this.#send(id, task);
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
    this.#untried = undefined;
    const { pid } = this.#child;
    if (pid !== undefined && !this.#isGone) endGroup(pid);
    this.#child.kill('SIGKILL');
  }

  #begin(snapshot: string | undefined): ChildProcess {
    // A pipe that a child shares blocks whoever writes to it, for as long as nobody reads: that is set for all that have it open.
    const output = this.#output === 'shared' ? 'inherit' : 'pipe';
    const child = fork(snapshot === undefined ? this.#file : packageFile('#begin-with-compiler'), {
      // The host's own arguments, such as an inspector's port, do not apply to this process.
      ...(snapshot === undefined ? { execArgv: [], env: buildEnvironment() } : beginWith(snapshot)),
      ...ownGroup,
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
    });
    passOn(child.stdout, () => process.stdout);
    passOn(child.stderr, () => process.stderr);
    const lose = (message: string): void => {
      if (child === this.#child) this.#lose(message);
    };
    child.on('message', (message) => this.#receive(message as BuildReply));
    child.on('error', (cause) => lose(noProcess(cause)));
    child.on('exit', (code, signal) => lose(died(signal ?? `exit code ${code}`)));
    child.unref();
    child.channel?.unref();
    return child;
  }

  /** Keeps this process alive for what the other one answers, and for its end: a channel alone closes before that is told. */
  #keepAlive(isWanted: boolean): void {
    for (const one of [this.#child, this.#child.channel]) one?.[isWanted ? 'ref' : 'unref']();
  }

  #send(id: number, task: BuildTask): void {
    this.#child.send({ id, task }, (error) => {
      if (error && this.#untried === undefined) this.#settle(id)?.reject(error);
    });
  }

  #receive(message: BuildReply): void {
    this.#untried = undefined;
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
    if (!this.isBusy) this.#keepAlive(false);
    return waiting;
  }

  #lose(message: string): void {
    if (this.#untried !== undefined) return this.#beginWithout(this.#untried);
    this.#isGone = true;
    const error = new LiveswapError('WATCH_FAILED', message);
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(error);
  }

  /** Begins again, and gives the new process the tasks of the one that has ended before it answered. */
  #beginWithout(snapshot: string): void {
    this.#untried = undefined;
    discardSnapshot(snapshot);
    this.#child = this.#begin(undefined);
    this.#keepAlive(this.isBusy);
    for (const [id, { task }] of this.#waiting) this.#send(id, task);
  }
}

/** Passes on what a child writes, without keeping this process alive for it. */
function passOn(from: Readable | null, to: () => NodeJS.WritableStream): void {
  if (!(from instanceof Socket)) return;
  from.on('data', (data) => to().write(data));
  from.unref();
}

function died(how: string): string {
  return `The process that builds has died (${how}); save, reload or build again, and another one builds everything.`;
}

/** Node may have been upgraded since this process began: version managers give each version a folder of its own. */
function noProcess({ message }: Error): string {
  if (existsSync(process.execPath)) return died(message);
  return `The process that builds cannot be started: ${process.execPath}, which runs this process, is no longer there; restart this process.`;
}
