import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Chain } from '../core/chain.js';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { systemClock } from '../core/clock.js';
import { performance, setTimeout } from '../core/timers.js';
import { runForPlugin } from '../dispatch/plugin-work.js';
import type { Methods, RemoteObject } from '../link/remote-object.js';
import { Link, type LinkOptions } from '../link/link.js';
import { GaugeReadings } from '../pool/gauge.js';
import type { ServingThread } from '../pool/thread-pool.js';
import { LiveData } from '../live-data/live-data.js';
import { SILENT_DEATH_MS } from '../link/silent-death.js';
import type { EndSurface } from '../surface/host-surface.js';
import type { ThreadSurface } from '../surface/thread-surface.js';

/** Time for the event loop of an abandoned thread to run dry, in milliseconds. */
export const LEAVE_MS = 250;

/** Time for a dead thread to finish native work in progress, in milliseconds. */
const LAST_WORK_MS = 1_000;

/** Identity of a thread, for errors. */
export interface ThreadName {
  readonly plugin: string;
  readonly version: string;
  readonly thread: number;
}

let lastId = 0;

/** Services of the host for one thread. */
export interface ThreadHost extends Required<
  Pick<LinkOptions, 'answer' | 'askCallback' | 'chain' | 'surface' | 'onUntaken'>
> {
  /** Runs a call-back of the host, by its name, on behalf of the chain of its caller. */
  serveCallback<Result>(callback: string, chain: Chain, run: () => Result): Result;
  /** Called when the thread died by itself. */
  onDeath(thread: ThreadHandle, error: LiveswapError): void;
  /** Called when the thread still exists `ms` milliseconds after it was told to end, although it was terminated. */
  onLingering(thread: ThreadHandle, ms: number): void;
}

/** A terminated thread should be gone after this many milliseconds. */
const LINGERING_MS = 1_000;

/** The host's side of one thread: its link, its surface, and its death, which happens exactly once. */
export class ThreadHandle {
  readonly name: ThreadName;
  /** Unlike the index, unique among the threads of this process. */
  readonly id = ++lastId;
  /** `performance.now()` when the thread was made. */
  readonly madeAt = performance.now();
  readonly link: Link;
  /** Numbers that can be read even while the thread is busy. */
  readonly gauge: GaugeReadings;
  readonly #serving: ServingThread;
  readonly #surface: RemoteObject;
  readonly #host: ThreadHost;
  #isStarting = false;
  /** Resolves when {@link death} is known. */
  readonly dead: Promise<void>;
  #markDead!: () => void;
  #death: LiveswapError | undefined;
  #hasServices = false;
  /** Number of the host's call-backs, iterators and streams that run for the thread. */
  #callbacks = 0;
  /** Records that the thread called `process.exit`, and where. */
  #exit: Error | undefined;

  constructor(name: ThreadName, serving: ServingThread, host: ThreadHost) {
    this.name = name;
    this.dead = new Promise((resolve) => {
      this.#markDead = resolve;
    });
    this.#serving = serving;
    this.gauge = new GaugeReadings(serving.gauge);
    this.#host = host;
    this.link = new Link(serving.port, {
      channels: 'even',
      answer: host.answer,
      onUntaken: host.onUntaken,
      surface: { ...host.surface, ...(this.#endSurface() as unknown as Methods) },
      enter: (run, chain, callback) => this.#runCallback(run, chain, callback),
      askCallback: host.askCallback,
      chain: host.chain,
      liveData: (wire) => LiveData.from(wire),
      onLost: () => {
        // If no death is reported within this time, the thread cut the link itself.
        setTimeout(() => this.crash(new Error('it cut its link to the host')), SILENT_DEATH_MS).unref();
      },
    });
    this.#surface = this.link.surface();
    void serving.exited.then((cause) => this.#die(cause));
  }

  /** Resolves when the thread starts to boot: only a limited number boot at a time. */
  get begun(): Promise<void> {
    return this.#serving.begun;
  }

  /** See {@link ServingThread.imported}. */
  imported(): void {
    this.#serving.imported();
  }

  /** See {@link ServingThread.environment}. */
  get environment(): NodeJS.ProcessEnv | undefined {
    return this.#serving.environment;
  }

  /** The reason for the thread's death; `undefined` while it lives. */
  get death(): LiveswapError | undefined {
    return this.#death;
  }

  /** Number of requests to the host that the thread waits for: calls, and call-backs. */
  get asksHost(): number {
    return this.link.answering + this.#callbacks;
  }

  /** Asks the thread; rejects with `late` when there is no answer within `ms`. */
  async ask<Name extends keyof ThreadSurface>(
    method: Name,
    args: Parameters<ThreadSurface[Name]>,
    ms = Infinity,
    late: () => unknown = () => undefined,
  ): Promise<Awaited<ReturnType<ThreadSurface[Name]>>> {
    const answer = this.#surface.call(method, args) as Promise<Awaited<ReturnType<ThreadSurface[Name]>>>;
    return withDeadline(answer, ms, late);
  }

  /** True when services were begun that must be ended. */
  get hasServices(): boolean {
    return this.#hasServices;
  }

  /** Begins a service in the thread. Resolves to the host's end of its port once it is up. */
  async openService(name: string, options: unknown): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    this.#hasServices = true;
    let isClosed = false;
    port1.once('close', () => {
      isClosed = true;
    });
    try {
      await this.ask('openService', [name, port2, options]);
      // A thread that dies right after its answer: if the host reads both in one turn, the port tells nobody later.
      if (isClosed) await this.#whenUnreachable(name);
    } catch (error) {
      port1.close();
      throw error;
    }
    return port1;
  }

  /** Rejects with the thread's death, which is known a moment after its ports are closed. */
  async #whenUnreachable(service: string): Promise<never> {
    await this.ask('ping', []);
    throw new Error(`The service ${service} has closed its port.`);
  }

  /** Rejects pending work with `cause`; in the thread, running calls are aborted and open iterators are returned. */
  interrupt(cause: LiveswapError): void {
    if (this.#death) return;
    this.link.interrupt(cause);
    this.ask('interrupt', [cause]).catch(() => {});
  }

  /** True while a layer above brings the thread up: its death then counts as that of a thread that never came up. */
  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** Runs what a layer above does to bring the thread up. @throws what `start` throws; {@link crash} is then left to the caller */
  async bringUp(start: () => Promise<void>): Promise<void> {
    this.#isStarting = true;
    await start();
    this.#isStarting = false;
  }

  /** Rejects pending work of this thread with `cause`; ending the thread is left to its pool. */
  disconnect(cause: LiveswapError): void {
    this.#death ??= cause;
    this.#markDead();
    this.link.close(cause);
  }

  /** Rejects pending work of this thread with `cause` and ends it: its event loop may run dry within `graceMs`. */
  async end(cause: LiveswapError, graceMs: number): Promise<void> {
    this.disconnect(cause);
    await this.#end(graceMs);
  }

  /** Ends a thread that is no longer reliable; its death is blamed on `cause`. */
  crash(cause: unknown): void {
    this.#die(cause);
    void this.#end(0);
  }

  /** Ends a thread that did not come up; this counts as a death. */
  fail(error: LiveswapError): void {
    this.#die(error, error);
    void this.#end(LEAVE_MS);
  }

  /**
   * Ends the thread. Native code that does not return, such as `execSync`, cannot be interrupted: its end is awaited, and the
   * delay is reported.
   */
  async #end(graceMs: number): Promise<void> {
    const toldAt = performance.now();
    let settle: (() => void) | undefined;
    await this.#serving.end(graceMs, () => {
      settle = systemClock.after(LINGERING_MS, () => {
        this.#host.onLingering(this, Math.round(performance.now() - toldAt));
      });
    });
    settle?.();
  }

  #endSurface(): EndSurface {
    return {
      exiting: (code, stack) => {
        const where = stack.split('\n').find((line) => line.includes(' at '));
        this.#exit = new Error(
          `process.exit(${code}) was called${where === undefined ? '' : ` ${where.trim()}`}`,
        );
        this.#exit.stack = stack.replace(/^.*/, () => `Error: ${this.#exit?.message}`);
      },
      crashed: (error) => {
        this.#die(error);
        // The thread leaves by itself once its work in progress is done.
        void this.#end(LAST_WORK_MS);
      },
    };
  }

  #die(cause: unknown, error?: LiveswapError): void {
    if (this.#death) return;
    // Earlier answers and output still count; the thread may also have reported the reason.
    this.link.readWaiting();
    if (this.#death) return;
    this.#death = error ?? this.#crashed(this.#exit ?? cause);
    this.#markDead();
    this.#host.onDeath(this, this.#death);
    this.link.close(this.#death);
  }

  #crashed(cause: unknown): LiveswapError {
    const { plugin, version, thread } = this.name;
    const message = `Thread ${thread} of ${plugin}@${version} died: ${cause === undefined ? 'it was ended' : messageOf(cause)}.`;
    return new LiveswapError('THREAD_CRASHED', message, { ...this.name, cause });
  }

  /** Runs a call-back, iterator or stream of the host that the plugin waits for. */
  #runCallback(run: () => unknown, chain: Chain, callback: string | undefined): Promise<unknown> {
    const work = { answered: false };
    this.#callbacks++;
    const answer = async (): Promise<unknown> => {
      try {
        return await (callback === undefined ? run() : this.#host.serveCallback(callback, chain, run));
      } finally {
        work.answered = true;
        this.#callbacks--;
      }
    };
    return runForPlugin(work, answer, chain);
  }
}
