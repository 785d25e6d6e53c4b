import { outsideContext } from '../core/async-context.js';
import { PiscinaThread } from './piscina-thread.js';
import type { Expected, ServingThread, ThreadOptions, ThreadPool } from './thread-pool.js';

/** The threads of one version. */
export class PiscinaPool implements ThreadPool {
  readonly #options: ThreadOptions;
  readonly #threads = new Set<PiscinaThread>();

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  serve(expected?: Expected): ServingThread {
    const thread = outsideContext(() => new PiscinaThread(this.#options, expected));
    this.#threads.add(thread);
    void thread.gone.then(() => this.#threads.delete(thread));
    return thread;
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all(Array.from(this.#threads, (thread) => thread.end(graceMs)));
  }
}
