import { createRequire } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createGauge } from './gauge.js';
import type { ServeTask, ServingThread, ThreadOptions, ThreadPool } from './thread-pool.js';

/** The compiled entry, also when this file runs as TypeScript: Node 20 starts no thread from a .ts file. */
const entry = createRequire(import.meta.url).resolve('#thread');

/** The threads of one version, owned by one Piscina: a thread serves as one long task, so every death is reported. */
export class PiscinaPool implements ThreadPool {
  readonly #piscina: Piscina;
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
    return { port: port1, gauge, exited, terminate: () => abort.abort() };
  }

  close(): Promise<void> {
    this.#closed ??= this.#piscina.destroy();
    return this.#closed;
  }
}
