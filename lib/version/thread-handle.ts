import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { systemClock } from '../core/clock.js';
import { setTimeout } from '../core/timers.js';
import { runForPlugin } from '../dispatch/plugin-work.js';
import type { Methods, RemoteObject } from '../link/remote-object.js';
import { Link, type LinkOptions } from '../link/link.js';
import { Gauge } from '../pool/gauge.js';
import type { ServingThread } from '../pool/thread-pool.js';
import { LiveData } from '../live-data/live-data.js';
import { SILENT_DEATH_MS } from '../link/silent-death.js';
import type { EndSurface } from '../surface/host-surface.js';
import type { ThreadSurface } from '../surface/thread-surface.js';

/** How long a thread that is given up may take for its event loop to run dry. */
export const LEAVE_MS = 250;

/** How long one that has died may take for native work that it has under way. */
const LAST_WORK_MS = 1_000;

/** Whose thread it is, for errors. */
export interface ThreadName {
  readonly plugin: string;
  readonly version: string;
  readonly thread: number;
}

let lastId = 0;

/** What the host does for a thread. */
export interface ThreadHost extends Required<Pick<LinkOptions, 'answer' | 'surface' | 'onUntaken'>> {
  /** It died by itself. */
  onDeath(thread: ThreadHandle, error: LiveswapError): void;
  /** It was told to end, and terminated, and is still there `ms` milliseconds after the first. */
  onLingering(thread: ThreadHandle, ms: number): void;
}

/** After so long a thread that was terminated should be gone. */
const LINGERING_MS = 1_000;

/** The host's side of one thread: its link, its surface, and its death, of which there is exactly one. */
export class ThreadHandle {
  readonly name: ThreadName;
  /** Unlike its index, no other thread of this process has it. */
  readonly id = ++lastId;
  /** `performance.now()` when it was made. */
  readonly madeAt = performance.now();
  readonly link: Link;
  readonly #serving: ServingThread;
  readonly #surface: RemoteObject;
  readonly #host: ThreadHost;
  /** Resolves when {@link death} is known. */
  readonly dead: Promise<void>;
  #markDead!: () => void;
  #death: LiveswapError | undefined;
  #hasServices = false;
  /** Call-backs, iterators and streams of the host that run for it. */
  #callbacks = 0;
  /** That it called `process.exit`, and where. */
  #exit: Error | undefined;

  constructor(name: ThreadName, serving: ServingThread, host: ThreadHost) {
    this.name = name;
    this.dead = new Promise((resolve) => {
      this.#markDead = resolve;
    });
    this.#serving = serving;
    this.#host = host;
    this.link = new Link(serving.port, {
      channels: 'even',
      answer: host.answer,
      onUntaken: host.onUntaken,
      surface: { ...host.surface, ...(this.#endSurface() as unknown as Methods) },
      enter: (run) => this.#runCallback(run),
      liveData: (wire) => LiveData.from(wire),
      onLost: () => {
        // It cut its link itself when nothing is heard of a death.
        setTimeout(() => this.crash(new Error('it cut its link to the host')), SILENT_DEATH_MS).unref();
      },
    });
    this.#surface = this.link.surface();
    void serving.exited.then((cause) => this.#die(cause));
  }

  /** Resolves when it is being made: only so many boot at a time. */
  get begun(): Promise<void> {
    return this.#serving.begun;
  }

  /** Why it died; `undefined` while it lives. */
  get death(): LiveswapError | undefined {
    return this.#death;
  }

  /** What the thread waits for from the host: calls, and call-backs. */
  get asksHost(): number {
    return this.link.answering + this.#callbacks;
  }

  /** What the thread waits for from plugins that it imports. */
  get asksOthers(): number {
    return Atomics.load(this.#serving.gauge, Gauge.asking);
  }

  /** What the thread holds open beside the host's calls. */
  get held(): number {
    return Atomics.load(this.#serving.gauge, Gauge.held);
  }

  /** What of that runs by itself. */
  get running(): number {
    return Atomics.load(this.#serving.gauge, Gauge.running);
  }

  /** Share of the last second that its event loop was busy, 0 to 1. */
  get eventLoopUtilization(): number {
    return Atomics.load(this.#serving.gauge, Gauge.utilization) / 1_000;
  }

  get heapUsedBytes(): number {
    return Atomics.load(this.#serving.gauge, Gauge.heapKib) * 1_024;
  }

  /** Asks the thread; `late` is what to reject with when there is no answer within `ms`. */
  async ask<Name extends keyof ThreadSurface>(
    method: Name,
    args: Parameters<ThreadSurface[Name]>,
    ms = Infinity,
    late: () => unknown = () => undefined,
  ): Promise<Awaited<ReturnType<ThreadSurface[Name]>>> {
    const answer = this.#surface.call(method, args) as Promise<Awaited<ReturnType<ThreadSurface[Name]>>>;
    return withDeadline(answer, ms, late);
  }

  /** Whether services were begun that have to be ended. */
  get hasServices(): boolean {
    return this.#hasServices;
  }

  /** Begins a service in the thread; resolves to this end of its port when it is up. */
  async openService(name: string, options: unknown): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    this.#hasServices = true;
    try {
      await this.ask('openService', [name, port2, options]);
    } catch (error) {
      port1.close();
      throw error;
    }
    return port1;
  }

  /** Rejects what is pending with `cause`; in the thread, calls that run are aborted, and what is open is returned. */
  interrupt(cause: LiveswapError): void {
    if (this.#death) return;
    this.link.interrupt(cause);
    this.ask('interrupt', [cause]).catch(() => {});
  }

  /** Rejects with `cause` what is pending on this thread, and leaves ending it to its pool. */
  disconnect(cause: LiveswapError): void {
    this.#death ??= cause;
    this.#markDead();
    this.link.close(cause);
  }

  /** Rejects with `cause` what is pending on this thread, and ends it: within `graceMs` its event loop may run dry. */
  async end(cause: LiveswapError, graceMs: number): Promise<void> {
    this.disconnect(cause);
    await this.#end(graceMs);
  }

  /** Ends a thread that cannot be relied on any more: it died of `cause`. */
  crash(cause: unknown): void {
    this.#die(cause);
    void this.#end(0);
  }

  /** Ends a thread that did not come up, which counts as a death. */
  fail(error: LiveswapError): void {
    this.#die(error, error);
    void this.#end(LEAVE_MS);
  }

  /** Native code that does not return, such as `execSync`, is beyond everybody's reach: it is waited for, and that is said. */
  async #end(graceMs: number): Promise<void> {
    const lingersAfterMs = graceMs + LINGERING_MS;
    const settle = systemClock.after(lingersAfterMs, () => this.#host.onLingering(this, lingersAfterMs));
    await this.#serving.end(graceMs);
    settle();
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
        // It leaves by itself, when what it has under way is done.
        void this.#end(LAST_WORK_MS);
      },
    };
  }

  #die(cause: unknown, error?: LiveswapError): void {
    if (this.#death) return;
    // What it had answered and printed before counts; it may also have said why.
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

  /** Runs a call-back, iterator or stream of the host's that the plugin waits for. */
  #runCallback(run: () => unknown): Promise<unknown> {
    const work = { answered: false };
    this.#callbacks++;
    return runForPlugin(work, async () => {
      try {
        return await run();
      } finally {
        work.answered = true;
        this.#callbacks--;
      }
    });
  }
}
