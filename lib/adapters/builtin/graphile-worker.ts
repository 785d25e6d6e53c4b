import { EventEmitter } from 'node:events';
import { takers, type Taker } from '../../plugin/takers.js';
import { defineAdapter } from '../adapter.js';
import { holdUntilSettled } from '../held-function.js';

interface Runner {
  readonly promise: Promise<void>;
  readonly events: unknown;
  stop(): Promise<void>;
  addJob(...args: unknown[]): Promise<unknown>;
}

type Run = (options: object, ...rest: unknown[]) => Promise<Runner>;

/**
 * A call of `run`. The app gets a runner at once, although work begins only when its version is active. After a pause there is a
 * new runner, because a stopped one cannot resume.
 */
class HeldRunner implements Taker, Runner {
  readonly name = 'graphile-worker';
  readonly promise: Promise<void>;
  readonly events: unknown;
  readonly #run: () => Promise<Runner>;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #running: Promise<Runner> | undefined;
  /** Settles the promise for which jobs wait that the app adds before the runner begins. */
  #begun!: (running: Promise<Runner>) => void;
  readonly #first = new Promise<Runner>((resolve) => (this.#begun = resolve));
  #isOver = false;

  constructor(run: () => Promise<Runner>, events: unknown) {
    this.#run = run;
    this.events = events;
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#first.catch(() => {});
  }

  start(): void {
    if (this.#isOver) return;
    const running = this.#run();
    this.#running = running;
    this.#begun(running);
    running
      .then((runner) => runner.promise)
      .then(
        () => {
          // Otherwise it was paused.
          if (this.#running === running) this.#settle.resolve();
        },
        (error: unknown) => this.#settle.reject(error),
      );
  }

  async pause(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    const runner = await running?.catch(() => undefined);
    // The runner fetches no more jobs, and ends when those that it has are written off.
    if (runner) holdUntilSettled(runner.stop());
  }

  resume(): void {
    this.start();
  }

  end(): void {
    this.#isOver = true;
    this.#settle.resolve();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    const runner = await this.#running;
    await runner?.stop();
    this.#settle.resolve();
  }

  async addJob(...args: unknown[]): Promise<unknown> {
    if (!this.#running) takers.noteBlocked();
    const runner = await (this.#running ?? this.#first);
    return runner.addJob(...args);
  }
}

interface Options {
  readonly events?: unknown;
  readonly preset?: { readonly worker?: object };
  readonly noHandleSignals?: boolean;
}

function adaptRun(original: unknown): unknown {
  const run = original as Run;
  return (options: Options, ...rest: unknown[]): Promise<Runner> => {
    const events = options.events ?? new EventEmitter();
    const runner = new HeldRunner(() => run({ ...adapted(options), events }, ...rest), events);
    takers.add(runner);
    return Promise.resolve(runner);
  };
}

function adapted(options: Options): Options {
  return {
    ...options,
    // `stop` waits only for jobs that are written off in batches; otherwise the last jobs stay locked.
    preset: {
      ...options.preset,
      worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0, ...options.preset?.worker },
    },
    // Its own signal handlers would end the process; the adapter stops it instead.
    noHandleSignals: true,
  };
}

export default defineAdapter('graphile-worker', { versions: '>=0.14 <0.18', exports: { run: adaptRun } });
