import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { withDeadline } from '../core/deadline.js';
import { createGauge } from './gauge.js';
import { threadFiles } from './thread-files.js';
import type { ServeTask, ServingThread, ThreadOptions } from './thread-pool.js';

/**
 * A thread that serves as one long task of a Piscina of its own: so every death is reported, and a thread is only made when
 * it is asked for. Where Piscina makes one in the place of another, nobody can catch what the platform says when it has none
 * left.
 */
export class PiscinaThread implements ServingThread {
  readonly port: MessagePort;
  readonly gauge = createGauge();
  readonly exited: Promise<unknown>;
  readonly #terminating = new AbortController();
  #gone: Promise<unknown> = Promise.resolve();

  constructor(options: ThreadOptions, rehearses: boolean) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.exited = this.#serve(options, port2, rehearses).catch((cause: unknown) => cause);
  }

  /** Resolves when the platform has no such thread any more. */
  get gone(): Promise<unknown> {
    return this.#gone;
  }

  async end(graceMs: number): Promise<void> {
    this.port.close();
    await withDeadline(this.#gone, graceMs, () => undefined).catch(() => this.#terminating.abort());
    await this.#gone;
  }

  /** Rejects with why the thread died, or why there is none. */
  async #serve(options: ThreadOptions, port: MessagePort, rehearses: boolean): Promise<void> {
    const { entry, blank } = threadFiles();
    const piscina = boot(options, entry);
    this.#gone = Promise.all(piscina.threads.map(exitOf));
    const rehearsal = rehearses ? pathToFileURL(blank).href : undefined;
    const task: ServeTask = { port, gauge: this.gauge, rehearsal };
    await piscina.run(task, { transferList: [port], signal: this.#terminating.signal });
  }
}

function boot({ resourceLimits, env, execArgv }: ThreadOptions, filename: string): Piscina {
  const piscina = new Piscina({
    filename,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Infinity,
    // A thread that waits in Atomics.wait answers no other port.
    atomics: 'disabled',
    // Its histograms outlive the pool.
    recordTiming: false,
    ...(resourceLimits && { resourceLimits }),
    ...(env && { env }),
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // It has its thread, and makes no other in the place of that.
  piscina.options.minThreads = 0;
  // Errors of a thread that serves reject its task; of one that does not, there is nobody to tell.
  piscina.on('error', () => {});
  return piscina;
}

function exitOf(thread: Worker): Promise<unknown> {
  return new Promise((resolve) => thread.once('exit', resolve));
}
