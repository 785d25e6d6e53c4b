import { ChildProcess } from 'node:child_process';
import { performance, setTimeout } from '../core/timers.js';

/** Interval between checks for processes that still run, in milliseconds. */
const LOOK_MS = 20;

/** The part of a child process through which all of them are started. */
interface Start {
  spawn: (this: ChildProcess, options: { readonly detached?: boolean }) => unknown;
}

/**
 * The processes that an app has started. Only the thread that started one can reap it: one that ends after its thread stays in the
 * system's table for as long as the host runs.
 */
export class ChildProcesses {
  readonly #started = new Set<ChildProcess>();

  /** Notices each process that is started from now on, unless it is detached: such a one is meant to last. */
  watch(): void {
    const started = this.#started;
    const prototype = ChildProcess.prototype as unknown as Start;
    const { spawn } = prototype;
    prototype.spawn = function (options) {
      const result = spawn.call(this, options);
      // An app may remove all listeners of a process, so none tells of its end.
      for (const child of started) if (hasEnded(child)) started.delete(child);
      if (this.pid !== undefined && !options.detached) started.add(this);
      return result;
    };
  }

  /** Whether any of them still runs. */
  get isRunning(): boolean {
    return ![...this.#started].every(hasEnded);
  }

  /** Closes their channels and inputs, as the end of a process would. */
  letGo(): void {
    for (const child of this.#started) {
      // Timers of the app may go on to write to them.
      for (const emitter of [child, child.stdin]) emitter?.on('error', () => {});
      if (child.connected) child.disconnect();
      child.stdin?.end();
    }
  }

  /**
   * Lets go of those that still run, for good: like the end of a process, none tells the app of its own. The app may start each
   * anew, and would never see the last one end.
   */
  disown(): void {
    for (const child of this.#started) for (const event of ['exit', 'close']) child.removeAllListeners(event);
    this.letGo();
  }

  /** Resolves when none of them runs any more, and after `ms` milliseconds at the latest. */
  async ended(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.isRunning && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
