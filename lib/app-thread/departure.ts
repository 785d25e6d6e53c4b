import { setTimeout } from '../core/timers.js';
import { ChildProcesses } from './child-processes.js';

/** Time for native work in progress to finish before the thread ends, in milliseconds. */
const NATIVE_MS = 250;
/** Time for child processes to end before the thread does, in milliseconds. */
const CHILDREN_MS = 1_000;

/** The end of an app's thread, which its handlers of `exit` and its child processes see as that of a process. */
export class Departure {
  /** Ends the thread. The app's code may be given another `process.exit`. */
  readonly exit: typeof process.exit = process.exit.bind(process);
  readonly #children = new ChildProcesses();
  #isDeath = false;

  /** True once the thread dies of an error that nobody caught. */
  get isDeath(): boolean {
    return this.#isDeath;
  }

  /** Notices the child processes that are started from now on. */
  watch(): void {
    this.#children.watch();
  }

  /** Runs the app's handlers of `exit`, as in a process that dies of an error. */
  die(): void {
    this.#isDeath = true;
    process.exitCode = 1;
    this.#children.letGo();
    runExitHandlers();
  }

  /** Ends the thread as a process would end, even if timers and connections are left. */
  leave(): void {
    this.#children.letGo();
    setTimeout(() => void this.#end(), NATIVE_MS);
  }

  async #end(): Promise<void> {
    if (this.#children.isRunning) {
      // These often kill what still runs, and the thread must see it end.
      try {
        runExitHandlers();
      } catch {
        // A process ends all the same.
      }
      this.#children.disown();
      await this.#children.ended(CHILDREN_MS);
    }
    this.exit();
  }
}

/** Runs the app's handlers of `exit`, once. */
function runExitHandlers(): void {
  const handlers = process.listeners('exit');
  process.removeAllListeners('exit');
  for (const handler of handlers) handler.call(process, Number(process.exitCode ?? 0));
}
