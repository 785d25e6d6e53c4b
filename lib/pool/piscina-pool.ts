import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createGauge } from './gauge.js';
import type { ServeTask, ServingThread, ThreadEnd, ThreadOptions, ThreadPool } from './thread-pool.js';

/** What threads run, as absolute paths. */
interface ThreadFiles {
  readonly entry: string;
  readonly blank: string;
}

let found: ThreadFiles | undefined;

/**
 * The compiled files, also when this one runs as TypeScript: Node 20 starts no thread from a .ts file. The entry is bundled
 * into one CommonJS file: a thread that loads fifty boots half as fast, and one that loads a module takes 4 ms longer. Looked
 * for when they are needed: a host that links its plugins statically may be bundled, liveswap included, and has none then.
 */
function threadFiles(): ThreadFiles {
  if (!found) {
    const require = createRequire(import.meta.url);
    found = { entry: require.resolve('#thread'), blank: require.resolve('#blank') };
  }
  return found;
}

/**
 * The threads of one version. Each serves as one long task of a Piscina of its own, so every death is reported, and a thread is
 * only made when it is asked for: where Piscina makes one in the place of another, nobody can catch what the platform says
 * when it has none left.
 */
export class PiscinaPool implements ThreadPool {
  readonly #options: ThreadOptions;
  /** What owns each thread that has not left, and when it has. */
  readonly #exits = new Map<Piscina, Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  serve(rehearses = false): ServingThread {
    const { port1, port2 } = new MessageChannel();
    const gauge = createGauge();
    const ending = new AbortController();
    const exited = this.#run({ port: port2, gauge }, rehearses, ending.signal).catch(
      (cause: unknown) => cause,
    );
    return { port: port1, gauge, exited, terminate: () => ending.abort() };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Rejects with why the thread died, or why there is none. */
  async #run(end: ThreadEnd, rehearses: boolean, signal: AbortSignal): Promise<void> {
    const rehearsal = rehearses ? pathToFileURL(threadFiles().blank).href : undefined;
    const task: ServeTask = { ...end, rehearsal };
    await this.#boot().run(task, { transferList: [task.port], signal });
  }

  #boot(): Piscina {
    const { resourceLimits, env, execArgv } = this.#options;
    const piscina = new Piscina({
      filename: threadFiles().entry,
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
    const left = Promise.all(piscina.threads.map(exitOf));
    this.#exits.set(piscina, left);
    void left.then(() => this.#exits.delete(piscina));
    return piscina;
  }

  async #close(): Promise<void> {
    await Promise.all(Array.from(this.#exits, ([piscina, left]) => Promise.all([piscina.destroy(), left])));
  }
}

function exitOf(thread: Worker): Promise<unknown> {
  return new Promise((resolve) => thread.once('exit', resolve));
}
