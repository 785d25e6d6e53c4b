import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { withDeadline } from '../core/deadline.js';
import { Pace } from '../core/pace.js';
import { Semaphore } from '../core/semaphore.js';
import { threadEnvironment } from './environment.js';
import { createGauge } from './gauge.js';
import { explainBoot, threadFiles } from './thread-files.js';
import type { Expected, ServeTask, ServingThread, ThreadOptions, WarmUp } from './thread-pool.js';

/**
 * Limits the boots of all pools together, each with the import of what the thread serves. Both take a core, for some 50 ms, and the
 * host's thread waits behind every thread that wants one; making a worker blocks its event loop for one or two: making 150 in one
 * turn blocked the host for seven seconds.
 */
const boots = new Semaphore(availableParallelism());
/** After this time, a boot that hangs no longer delays the others. */
const LONGEST_BOOT_MS = 2_000;
/** After this time from its boot, a thread whose import waits, rather than computes, no longer delays the others. */
const LONGEST_START_MS = 100;

/** Gives each thread that is made a turn of the event loop of its own. */
const turns = new Pace(0);

/**
 * A thread that serves as one long task of a Piscina of its own, so that every death is reported, and a thread is made only on
 * request. When Piscina replaces a thread by itself, nobody can catch the platform's error if there are no more threads.
 */
export class PiscinaThread implements ServingThread {
  readonly port: MessagePort;
  readonly gauge = createGauge();
  readonly begun: Promise<void>;
  readonly exited: Promise<unknown>;
  readonly gone: Promise<void>;
  /** Resolves when the thread has imported what it serves. */
  readonly #imported: Promise<void>;
  readonly #terminating = new AbortController();
  #markImported!: () => void;
  #environment: NodeJS.ProcessEnv | undefined;
  #isEnded = false;

  constructor(options: ThreadOptions, expected: Expected | undefined) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.#imported = new Promise((resolve) => {
      this.#markImported = resolve;
    });
    // A thread that nobody waits for has nothing to import yet.
    if (expected) this.imported();
    const booted = boots.enter(LONGEST_BOOT_MS).then((leave) => this.#boot(options, leave));
    // A thread that cannot be made counts as begun, too: `exited` gives the reason.
    this.begun = booted.then(noop, noop);
    this.exited = booted
      .then((piscina) => this.#serve(piscina, port2, expected))
      .catch((error: unknown) => explainBoot(error, hasBooted));
    this.gone = booted.then((piscina) => piscina && exitOf(piscina), noop);
  }

  get environment(): NodeJS.ProcessEnv | undefined {
    return this.#environment;
  }

  imported(): void {
    this.#markImported();
  }

  async end(graceMs: number, onTerminated?: () => void): Promise<void> {
    this.#isEnded = true;
    this.port.close();
    await withDeadline(this.gone, graceMs, () => undefined).catch(() => {
      this.#terminating.abort();
      onTerminated?.();
    });
    await this.gone;
  }

  /** Makes the thread, unless it has been ended meanwhile; `leave` lets the next one boot. */
  async #boot(options: ThreadOptions, leave: () => void): Promise<Piscina | undefined> {
    try {
      // Loading it takes as much of a turn as a reload may keep the event loop for: the first thread is made in the next one.
      const Pool = (pool ??= await turns.do(loadPiscina));
      const piscina = await turns.do(() => (this.#isEnded ? undefined : this.#make(Pool, options)));
      if (!piscina) leave();
      const onUp = (): void => {
        hasBooted = true;
        void withDeadline(this.#imported, LONGEST_START_MS, noop).then(leave, leave);
      };
      // The first message reports that the thread is up.
      for (const thread of piscina?.threads ?? []) thread.once('message', onUp).once('exit', leave);
      return piscina;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #make(Pool: typeof Piscina, options: ThreadOptions): Piscina {
    this.#environment = threadEnvironment(options.env);
    return boot(Pool, options, this.#environment);
  }

  /** Rejects with the reason why the thread died, or why there is none. */
  async #serve(
    piscina: Piscina | undefined,
    port: MessagePort,
    expected: Expected | undefined,
  ): Promise<void> {
    const task: ServeTask = { port, gauge: this.gauge, warmUp: expected && warmUpFor(expected) };
    await piscina?.run(task, { transferList: [port], signal: this.#terminating.signal });
  }
}

let pool: typeof Piscina | undefined;

/** True as soon as a thread of this process has come up. */
let hasBooted = false;

/**
 * Loads Piscina with the first thread: otherwise it would be a third of the cost of importing this package. `import()` of a package
 * in CommonJS takes twice as long as `require`, and the first load waits for it.
 */
function loadPiscina(): typeof Piscina {
  // Where these are missing, so is Piscina: their error says why.
  threadFiles();
  return (createRequire(import.meta.url)('piscina') as { readonly Piscina: typeof Piscina }).Piscina;
}

function boot(
  Pool: typeof Piscina,
  { resourceLimits, execArgv }: Omit<ThreadOptions, 'env'>,
  env: NodeJS.ProcessEnv,
): Piscina {
  const { entry, code } = threadFiles();
  const piscina = new Pool({
    filename: entry,
    workerData: code,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Infinity,
    // A thread that waits in Atomics.wait answers no other port.
    atomics: 'disabled',
    // The histograms would outlive the pool.
    recordTiming: false,
    ...(resourceLimits && { resourceLimits }),
    env,
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // Once the pool has its thread, it must not make another one.
  piscina.options.minThreads = 0;
  // Errors of a serving thread reject its task; errors of any other thread have no receiver.
  piscina.on('error', noop);
  return piscina;
}

function warmUpFor(expected: Expected): WarmUp {
  return { url: pathToFileURL(threadFiles().idleArtifact).href, isForApp: expected === 'app' };
}

async function exitOf({ threads }: Piscina): Promise<void> {
  await Promise.all(threads.map((thread: Worker) => new Promise((resolve) => thread.once('exit', resolve))));
}

function noop(): void {}
