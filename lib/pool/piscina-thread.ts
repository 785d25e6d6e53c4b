import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { withDeadline } from '../core/deadline.js';
import { Pace } from '../core/pace.js';
import { Semaphore } from '../core/semaphore.js';
import { setTimeout } from '../core/timers.js';
import { threadEnvironment } from './environment.js';
import { createGauge } from './gauge.js';
import { explainBoot, threadFiles } from './thread-files.js';
import type { ServeTask, ServingThread, ThreadOptions } from './thread-pool.js';

/**
 * The boots of all pools. Each takes a core for some 30 ms, and making a worker keeps the host's event loop for one or two: where
 * 150 were made in one turn of that, the host stood still for seven seconds.
 */
const boots = new Semaphore(availableParallelism());
/** After this long, one that hangs holds up the others no longer. */
const LONGEST_BOOT_MS = 2_000;

/** Gives each thread that is made a turn of the event loop of its own. */
const turns = new Pace(0);

/**
 * A thread that serves as one long task of a Piscina of its own: so every death is reported, and a thread is only made when
 * it is asked for. Where Piscina makes one in the place of another, nobody can catch what the platform says when it has none
 * left.
 */
export class PiscinaThread implements ServingThread {
  readonly port: MessagePort;
  readonly gauge = createGauge();
  readonly begun: Promise<void>;
  readonly exited: Promise<unknown>;
  readonly gone: Promise<void>;
  readonly #terminating = new AbortController();
  #isEnded = false;

  constructor(options: ThreadOptions, warmsUp: boolean) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const booted = boots.enter().then((leave) => this.#boot(options, leave));
    // A thread that cannot be made has begun, too: `exited` tells why to those who ask it something.
    this.begun = booted.then(noop, noop);
    this.exited = booted.then((piscina) => this.#serve(piscina, port2, warmsUp)).catch(explainBoot);
    this.gone = booted.then((piscina) => piscina && exitOf(piscina), noop);
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

  /** Makes the thread, unless it was ended meanwhile; `leave` lets the next one boot. */
  async #boot(options: ThreadOptions, leave: () => void): Promise<Piscina | undefined> {
    try {
      // Loaded with the first thread: it is a third of what importing this package would cost.
      const { Piscina } = await import('piscina');
      const piscina = await turns.do(() => (this.#isEnded ? undefined : boot(Piscina, options)));
      if (!piscina) leave();
      // The first message says that it is up.
      for (const thread of piscina?.threads ?? []) thread.once('message', leave).once('exit', leave);
      setTimeout(leave, LONGEST_BOOT_MS).unref();
      return piscina;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Rejects with why the thread died, or why there is none. */
  async #serve(piscina: Piscina | undefined, port: MessagePort, warmsUp: boolean): Promise<void> {
    const warmUpUrl = warmsUp ? pathToFileURL(threadFiles().blank).href : undefined;
    const task: ServeTask = { port, gauge: this.gauge, warmUpUrl };
    await piscina?.run(task, { transferList: [port], signal: this.#terminating.signal });
  }
}

function boot(Pool: typeof Piscina, { resourceLimits, env, execArgv }: ThreadOptions): Piscina {
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
    env: threadEnvironment(env),
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // Once it has its thread, the pool must not make another one in its place.
  piscina.options.minThreads = 0;
  // Errors of a thread that serves reject its task; of one that does not, there is nobody to tell.
  piscina.on('error', noop);
  return piscina;
}

async function exitOf({ threads }: Piscina): Promise<void> {
  await Promise.all(threads.map((thread: Worker) => new Promise((resolve) => thread.once('exit', resolve))));
}

function noop(): void {}
