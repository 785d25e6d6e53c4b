import { createRequire } from 'node:module';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createGauge, isUp } from './gauge.js';
import type { ServeTask, ServingThread, ThreadOptions, ThreadPool } from './thread-pool.js';

let resolvedEntry: string | undefined;

/**
 * The compiled entry, also when this file runs as TypeScript: Node 20 starts no thread from a .ts file. It is bundled into one
 * file, because a thread that loads fifty boots half as fast. Looked for when it is needed: a host that links its plugins
 * statically may be bundled, liveswap included, and has no entry then.
 */
function entry(): string {
  resolvedEntry ??= createRequire(import.meta.url).resolve('#thread');
  return resolvedEntry;
}

/** A thread that was asked for. */
interface Asked {
  readonly gauge: Int32Array;
  /** Ends it when aborted. */
  readonly ending: AbortController;
  bootFailure: unknown;
}

/** The threads of one version, owned by one Piscina: a thread serves as one long task, so every death is reported. */
export class PiscinaPool implements ThreadPool {
  readonly #piscina: Piscina;
  /** When each thread has left. */
  readonly #exits = new Map<Worker, Promise<unknown>>();
  /** What was asked for and has not left. */
  readonly #asked = new Set<Asked>();
  #closed: Promise<void> | undefined;

  constructor({ threads, resourceLimits, env, execArgv }: ThreadOptions) {
    this.#piscina = new Piscina({
      filename: entry(),
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
    const asked: Asked = { gauge: createGauge(), ending: new AbortController(), bootFailure: undefined };
    const { gauge, ending } = asked;
    const task: ServeTask = { port: port2, gauge };
    this.#asked.add(asked);
    const exited = this.#piscina
      .run(task, { transferList: [port2], signal: ending.signal })
      .then(
        () => undefined,
        (error: unknown) => asked.bootFailure ?? error,
      )
      .finally(() => this.#asked.delete(asked));
    this.#watch();
    return { port: port1, gauge, exited, terminate: () => ending.abort() };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #watch(): void {
    for (const thread of this.#piscina.threads) {
      if (this.#exits.has(thread)) continue;
      let cause: unknown;
      thread.once('error', (error) => {
        cause = error;
      });
      const left = new Promise((resolve) => thread.once('exit', resolve));
      this.#exits.set(thread, left);
      void left.then((code) => {
        this.#exits.delete(thread);
        // Piscina may have booted another in its place.
        this.#watch();
        this.#giveUpOrphans(cause ?? new Error(`worker exited with code: ${String(code)}`));
      });
    }
  }

  /** A thread that dies while it boots, but for the first ones, leaves its task in Piscina's queue, for nobody to take. */
  #giveUpOrphans(cause: unknown): void {
    for (const asked of this.#asked) {
      if (this.#piscina.queueSize === 0) return;
      if (isUp(asked.gauge)) continue;
      asked.bootFailure = cause;
      asked.ending.abort();
    }
  }

  async #close(): Promise<void> {
    // Piscina replaces a thread whose exit it sees after destroy(): those that are on their way out go first.
    const here = new Set(this.#piscina.threads);
    await Promise.all([...this.#exits].filter(([thread]) => !here.has(thread)).map(([, left]) => left));
    await this.#piscina.destroy();
  }
}
