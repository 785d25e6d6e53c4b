import { createRequire } from 'node:module';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createGauge } from './gauge.js';
import type { ServeTask, ServingThread, ThreadOptions, ThreadPool } from './thread-pool.js';

/**
 * The compiled entry, also when this file runs as TypeScript: Node 20 starts no thread from a .ts file. It is bundled into one
 * file, because a thread that loads fifty boots half as fast.
 */
const entry = createRequire(import.meta.url).resolve('#thread');

/** The threads of one version, owned by one Piscina: a thread serves as one long task, so every death is reported. */
export class PiscinaPool implements ThreadPool {
  readonly #piscina: Piscina;
  /** When each thread that served has left. */
  readonly #exits = new Map<Worker, Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor({ threads, resourceLimits, env, execArgv }: ThreadOptions) {
    this.#piscina = new Piscina({
      filename: entry,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      // A thread that waits in Atomics.wait answers no other port.
      atomics: 'disabled',
      // Its histograms outlive the pool.
      recordTiming: false,
      ...(resourceLimits && { resourceLimits }),
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
    });
    // Errors of a thread that serves reject its task; of one that does not, there is nobody to tell.
    this.#piscina.on('error', () => {});
  }

  serve(): ServingThread {
    const { port1, port2 } = new MessageChannel();
    const gauge = createGauge();
    const abort = new AbortController();
    const task: ServeTask = { port: port2, gauge };
    const exited = this.#piscina.run(task, { transferList: [port2], signal: abort.signal }).then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#watch();
    return { port: port1, gauge, exited, terminate: () => abort.abort() };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #watch(): void {
    for (const thread of this.#piscina.threads) {
      if (this.#exits.has(thread)) continue;
      const left = new Promise((resolve) => thread.once('exit', resolve));
      this.#exits.set(thread, left);
      void left.then(() => this.#exits.delete(thread));
    }
  }

  async #close(): Promise<void> {
    // Piscina replaces a thread whose exit it sees after destroy(): those that are on their way out go first.
    const here = new Set(this.#piscina.threads);
    await Promise.all([...this.#exits].filter(([thread]) => !here.has(thread)).map(([, left]) => left));
    await this.#piscina.destroy();
  }
}
