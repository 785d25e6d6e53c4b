import { withDeadline } from '../core/deadline.js';
import type { Cause } from '../plugin/cause.js';
import type { LiveswapError } from '../core/errors.js';
import type { Connection } from '../dispatch/connection.js';
import { Balancer } from '../dispatch/balancer.js';
import type { BalancerOptions } from '../dispatch/balancer-options.js';
import type { Homes } from '../surface/homes.js';
import type { Exporter } from './connect-threads.js';
import { IdleWatch } from './idle-watch.js';
import { ImportingThreads } from './importing-threads.js';
import type { OutsideWork } from './outside-work.js';
import { Replacements, type ReplacementsDeps } from './replacements.js';
import { Roster } from './roster.js';
import { LEAVE_MS, type ThreadHandle } from './thread-handle.js';
import type { ThreadSteps } from './thread-steps.js';

/** Dependencies of a {@link ThreadGroup}. */
export interface ThreadGroupDeps {
  readonly balancer: BalancerOptions;
  readonly homes: Homes | undefined;
  readonly outsideWork: Pick<OutsideWork, 'isIdle' | 'whenIdle'>;
  readonly steps: ThreadSteps;
  /** Makes a thread; its owner is told if it dies by itself. */
  readonly spawn: (index: number) => ThreadHandle;
  /** The threads that have a direct link to each thread of this group. */
  readonly importers: () => readonly ThreadHandle[];
  /** Ends all threads that {@link spawn} has made. */
  readonly close: (graceMs: number) => Promise<void>;
  readonly takeIn: ReplacementsDeps['takeIn'];
  readonly pourLatest: ReplacementsDeps['pourLatest'];
  readonly isAwaitedInTurn: ReplacementsDeps['isAwaitedInTurn'];
}

/** Why what a leaving thread has given ends with it. */
export interface EndReasons {
  /** Work was still pending after `drainMs`. */
  readonly late: LiveswapError;
  /** Nothing was: its call-backs, iterators and streams have nobody behind them any more. */
  readonly gone: LiveswapError;
}

/** The threads of a group as others see them. */
export type GroupView = Pick<
  ThreadGroup,
  | 'announceDrain'
  | 'connectionOf'
  | 'established'
  | 'isComing'
  | 'isIdle'
  | 'isLeaving'
  | 'open'
  | 'serves'
  | 'whenIdle'
>;

/** Time in milliseconds, after a failed load, for a running hook to end and for its thread to report that. */
const HOOK_GRACE_MS = 500;
const SILENCE_MS = 1_000;

/**
 * The threads of one version: brought up together, freed and ended together. Calls come in by a connection from the host to each
 * thread that takes them, and by a direct link from each thread of the importing versions.
 */
export class ThreadGroup {
  readonly balancer: Balancer;
  readonly #deps: ThreadGroupDeps;
  readonly #plugin: string;
  readonly #roster = new Roster<ThreadHandle>();
  readonly #importers: ImportingThreads;
  readonly #replacements: Replacements;
  readonly #idleWatch: IdleWatch;
  #data: unknown;

  constructor(deps: ThreadGroupDeps) {
    this.#deps = deps;
    this.#plugin = deps.balancer.plugin;
    this.balancer = new Balancer(deps.balancer);
    this.#importers = new ImportingThreads(this.#plugin, deps.importers);
    this.#replacements = new Replacements({
      ...deps,
      roster: this.#roster,
      balancer: this.balancer,
      importers: this.#importers,
      data: () => this.#data,
      withdraw: (thread) => this.withdraw(thread),
    });
    this.#idleWatch = new IdleWatch({ ...deps, roster: this.#roster, balancer: this.balancer });
  }

  /** The data given to `onLoad`, also in replacement threads. */
  get data(): unknown {
    return this.#data;
  }

  /** The threads that were not ended; a dead one stays until it is replaced. */
  get threads(): readonly ThreadHandle[] {
    return this.#roster.threads;
  }

  /** The threads but for those that come up to replace another. */
  get established(): readonly ThreadHandle[] {
    return this.threads.filter((thread) => !this.isComing(thread));
  }

  /** Returns whether a thread comes up to replace another. */
  isComing(thread: ThreadHandle): boolean {
    return this.#roster.isComing(thread);
  }

  /** Returns whether a thread was withdrawn. */
  isLeaving(thread: ThreadHandle): boolean {
    return this.#roster.isLeaving(thread);
  }

  /** Returns the connection to a thread, which exists from when it takes calls until it is gone. */
  connectionOf(thread: ThreadHandle): Connection | undefined {
    return this.#roster.connectionOf(thread);
  }

  /** The threads that have pending work. */
  get busy(): readonly ThreadHandle[] {
    const busy = [...this.#roster.connected].filter(
      ([thread, connection]) => connection.pending > 0 || thread.gauge.held > 0,
    );
    return busy.map(([thread]) => thread);
  }

  /** Returns whether a thread takes calls. */
  serves(thread: ThreadHandle): boolean {
    return this.#roster.serves(thread);
  }

  /** Starts `count` threads and imports the artifact in each. @throws `START_FAILED`, `START_TIMEOUT` */
  async start(count: number): Promise<void> {
    const threads = Array.from({ length: count }, (_, index) => this.#spawn(index));
    await Promise.all(threads.map((thread) => this.#deps.steps.import(thread)));
  }

  /** Lets each thread call the plugins it imports. */
  async openImports(exporters: readonly Exporter[]): Promise<void> {
    await Promise.all(this.threads.map((thread) => this.#deps.steps.openImports(thread, exporters)));
  }

  /** Opens the resources and runs `onLoad` in every thread, and later in replacement threads. */
  async load(data: unknown): Promise<void> {
    this.#data = data;
    await this.#deps.steps.run(this.threads, 'openResources', ['load']);
    await this.#deps.steps.run(this.threads, 'load', [data]);
  }

  /** Starts to take calls: the first ones come from hooks of the same generation. */
  open(): void {
    for (const thread of this.threads) this.#open(thread);
  }

  /**
   * Replaces a thread with a new one; see {@link Replacements.replace}.
   *
   * @throws the failure of the new thread, which is then ended
   */
  replace(index: number, exporters: () => readonly Exporter[]): Promise<ThreadHandle> {
    return this.#replacements.replace(index, exporters);
  }

  /** See {@link Replacements.isFilled}. */
  isFilled(index: number): Promise<boolean> {
    return this.#replacements.isFilled(index);
  }

  /** Resolves when the thread behind a connection answers, or no longer exists. */
  async probe(connection: Connection): Promise<void> {
    for (const [thread, own] of this.#roster.connected)
      if (own === connection) await thread.ask('ping', []).catch(() => {});
  }

  /** Returns whether calls of a thread that dies must be sent to another thread of this very version. */
  isOwed(thread: ThreadHandle): boolean {
    const connection = this.#roster.connectionOf(thread);
    return connection !== undefined && this.balancer.mayRetry(connection);
  }

  /** Removes a dead thread. Its link rejects its calls or sends them again; importers are told the reason. */
  remove(thread: ThreadHandle, crash: LiveswapError): void {
    this.#importers.lose(thread, crash);
    const connection = this.#roster.connectionOf(thread);
    if (connection) this.balancer.remove(connection, true);
    this.#roster.disconnect(thread);
  }

  /** Gives a thread no more calls; its pending work goes on, until it is {@link seeOff seen off}. */
  withdraw(thread: ThreadHandle): void {
    const connection = this.#roster.connectionOf(thread);
    if (!connection) return;
    this.balancer.remove(connection);
    this.#roster.leave(thread);
    this.#importers.leave(thread);
  }

  /**
   * Ends a withdrawn thread once nothing is pending on it but calls whose callers have given up, or after `drainMs`. Resolves to
   * the failures of its end.
   */
  async seeOff(thread: ThreadHandle, drainMs: number, { late, gone }: EndReasons): Promise<LiveswapError[]> {
    thread.ask('drain', []).catch(() => {});
    const quiet = this.#idleWatch.whenQuiet(thread).then(() => gone);
    const reason = await withDeadline(quiet, drainMs, () => late).catch(() => late);
    // The thread may have died, or have been ended with the others.
    if (thread.death) return [];
    thread.interrupt(reason);
    const failures = await this.#deps.steps.free([thread], 'recycle');
    await thread.end(reason, LEAVE_MS);
    this.#roster.disconnect(thread);
    return failures;
  }

  /** Refuses waiting and future calls, from the host and from the importers. */
  refuse(refusal: LiveswapError): void {
    this.balancer.refuse(refusal);
    this.#importers.refuse(refusal);
  }

  /** Takes calls again after {@link refuse}. */
  readmit(): void {
    this.balancer.readmit();
    this.#importers.readmit();
  }

  /**
   * Returns what a thread needs to import this version; before the version is up, that includes threads that do not take calls
   * yet.
   */
  exporter(isUp: boolean): Exporter {
    const answering = this.threads.filter((thread) => !isUp || this.serves(thread));
    return { plugin: this.#plugin, homes: this.#deps.homes, answering, refusal: this.#importers.refusal };
  }

  /** True when nothing is pending and nothing is held open. */
  get isIdle(): boolean {
    return this.#idleWatch.isIdle;
  }

  /** Resolves when nothing is pending and nothing is held open. */
  whenIdle(): Promise<void> {
    return this.#idleWatch.whenIdle();
  }

  /** Aborts `context.signal` in every thread. Resolves when they have answered. */
  async announceDrain(): Promise<void> {
    await Promise.allSettled(this.threads.map((thread) => thread.ask('drain', [])));
  }

  /** Waits briefly for running hooks. A thread that does not answer at all is stuck, and is ended. */
  async halt(cause: LiveswapError): Promise<void> {
    const halted = this.threads.map((thread) =>
      thread.ask('settled', [HOOK_GRACE_MS], SILENCE_MS).catch(() => thread.end(cause, 0)),
    );
    await Promise.all(halted);
  }

  /** Rejects pending work with `cause`; in the threads, running calls are aborted and open iterators are returned. */
  interrupt(cause: LiveswapError): void {
    for (const thread of this.threads) thread.interrupt(cause);
  }

  /** Runs `onFree` and closes the resources in every living thread. Resolves to the failures. */
  free(cause: Cause): Promise<LiveswapError[]> {
    return this.#deps.steps.free(this.threads, cause);
  }

  /** Ends every thread; pending work rejects with `cause`. Resolves when the threads are gone. */
  async end(cause: LiveswapError, graceMs: number): Promise<void> {
    const gone = this.threads.map((thread) => thread.end(cause, graceMs));
    this.#roster.clear();
    await Promise.all([...gone, this.#deps.close(graceMs)]);
  }

  #spawn(index: number): ThreadHandle {
    const thread = this.#deps.spawn(index);
    this.#roster.place(thread);
    return thread;
  }

  #open(thread: ThreadHandle): void {
    this.#roster.connect(thread, this.balancer.add(thread.name.thread, thread.link));
  }
}
