import { startTag } from '../core/chain.js';
import { withDeadline } from '../core/deadline.js';
import type { KeptImage } from '../kept/image.js';
import type { Cause } from '../plugin/cause.js';
import type { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import type { Connection } from '../dispatch/connection.js';
import { Balancer, type BalancerOptions } from '../dispatch/balancer.js';
import type { Homes } from '../surface/homes.js';
import { connectThreads, type Exporter } from './connect-threads.js';
import type { OutsideWork } from './outside-work.js';
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
  /**
   * Makes a replacement thread take over the activity of its version: from `former`, if that is alive. The returned function is
   * called once the replacement takes calls. Rejects when the replacement has died meanwhile.
   */
  readonly takeIn: (thread: ThreadHandle, former: ThreadHandle | undefined) => Promise<() => void>;
  /** A copy of the dead thread's kept state. */
  readonly saved: () => KeptImage | undefined;
}

/** After a failed load: the time for a running hook to end, and for its thread to report that, in milliseconds. */
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
  readonly #threads: (ThreadHandle | undefined)[] = [];
  /** Threads that come up to replace another, and threads that were withdrawn. */
  readonly #coming = new Set<ThreadHandle>();
  readonly #leaving = new Set<ThreadHandle>();
  /** For each thread, the importers that were linked to it while it came up. */
  readonly #linkedEarly = new WeakMap<ThreadHandle, ReadonlySet<ThreadHandle>>();
  readonly #connectionOf = new Map<ThreadHandle, Connection>();
  #refusal: LiveswapError | undefined;
  #data: unknown;

  constructor(deps: ThreadGroupDeps) {
    this.#deps = deps;
    this.#plugin = deps.balancer.plugin;
    this.balancer = new Balancer(deps.balancer);
  }

  /** The threads that were not ended; a dead one stays until it is replaced. */
  get threads(): readonly ThreadHandle[] {
    const current = this.#threads.filter((thread) => thread !== undefined);
    return [...new Set([...current, ...this.#coming, ...this.#leaving])];
  }

  /** Returns whether a thread comes up to replace another. */
  isComing(thread: ThreadHandle): boolean {
    return this.#coming.has(thread);
  }

  /** Returns whether a thread was withdrawn. */
  isLeaving(thread: ThreadHandle): boolean {
    return this.#leaving.has(thread);
  }

  /** Returns the connection to a thread, which exists from when it takes calls until it is gone. */
  connectionOf(thread: ThreadHandle): Connection | undefined {
    return this.#connectionOf.get(thread);
  }

  /** The threads that have pending work. */
  get busy(): readonly ThreadHandle[] {
    const busy = [...this.#connectionOf].filter(
      ([thread, connection]) => connection.pending > 0 || thread.held > 0,
    );
    return busy.map(([thread]) => thread);
  }

  /** Returns whether a thread takes calls. */
  serves(thread: ThreadHandle): boolean {
    return this.#connectionOf.has(thread) && !this.#leaving.has(thread) && !this.#coming.has(thread);
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

  /** Starts to take calls. */
  open(): void {
    for (const thread of this.threads) this.#open(thread);
  }

  /**
   * Replaces a thread with a new one that goes through the same steps. A living thread takes calls until then, and is withdrawn.
   * Resolves to the new thread once it takes calls.
   *
   * @throws the failure of the new thread, which is then ended
   */
  async replace(index: number, exporters: () => readonly Exporter[]): Promise<ThreadHandle> {
    const thread = this.#deps.spawn(index);
    const replaced = this.#threads[index]?.death ? undefined : this.#threads[index];
    if (!replaced) this.#threads[index] = thread;
    let takesOver = (): void => {};
    this.#coming.add(thread);
    // A thread that was withdrawn earlier lives on, and still runs the activity of its version.
    const former = replaced ?? this.#leavingAt(index);
    try {
      await this.#bringUp(thread, exporters, former ? 'recycle' : 'crash');
      takesOver = await this.#deps.takeIn(thread, former);
    } catch (error) {
      // A thread that came up halfway has something to free.
      await this.#deps.steps.free([thread], 'crash');
      thread.fail(error as LiveswapError);
      // If the thread died, its death is why the step failed.
      throw thread.death ?? error;
    } finally {
      this.#coming.delete(thread);
    }
    if (replaced) this.withdraw(replaced);
    this.#threads[index] = thread;
    this.#widen(thread);
    takesOver();
    return thread;
  }

  /** Resolves when the thread behind a connection answers, or no longer exists. */
  async probe(connection: Connection): Promise<void> {
    for (const [thread, own] of this.#connectionOf)
      if (own === connection) await thread.ask('ping', []).catch(() => {});
  }

  /** Removes a dead thread. Its link rejects its calls or sends them again; importers are told the reason. */
  remove(thread: ThreadHandle, crash: LiveswapError): void {
    for (const importer of this.#deps.importers())
      importer.ask('importDied', [this.#plugin, thread.id, crash]).catch(() => {});
    const connection = this.#connectionOf.get(thread);
    if (connection) this.balancer.remove(connection, true);
    this.#connectionOf.delete(thread);
    this.#leaving.delete(thread);
  }

  /** Gives a thread no more calls; its pending work goes on, until it is {@link seeOff seen off}. */
  withdraw(thread: ThreadHandle): void {
    const connection = this.#connectionOf.get(thread);
    if (!connection) return;
    this.balancer.remove(connection);
    this.#leaving.add(thread);
    for (const importer of this.#deps.importers())
      importer.ask('importLeaves', [this.#plugin, thread.id]).catch(() => {});
    const index = thread.name.thread;
    if (this.#threads[index] === thread) this.#threads[index] = undefined;
  }

  /**
   * Ends a withdrawn thread once nothing is pending on it but calls whose callers have given up, or after `drainMs`: what is
   * still pending then rejects with `late`. Resolves to the failures of its end.
   */
  async seeOff(thread: ThreadHandle, drainMs: number, late: LiveswapError): Promise<LiveswapError[]> {
    thread.ask('drain', []).catch(() => {});
    await withDeadline(this.#whenQuiet(thread), drainMs, () => late).catch(() => {});
    // The thread may have died, or have been ended with the others.
    if (thread.death) return [];
    thread.interrupt(late);
    const failures = await this.#deps.steps.free([thread], 'recycle');
    await thread.end(late, LEAVE_MS);
    this.#connectionOf.delete(thread);
    this.#leaving.delete(thread);
    return failures;
  }

  /** Refuses waiting and future calls, from the host and from the importers. */
  refuse(refusal: LiveswapError): void {
    this.#refusal = refusal;
    this.balancer.refuse(refusal);
    for (const thread of this.#deps.importers())
      thread.ask('refuseImport', [this.#plugin, refusal]).catch(() => {});
  }

  /** Takes calls again after {@link refuse}. */
  readmit(): void {
    this.#refusal = undefined;
    this.balancer.readmit();
    for (const thread of this.#deps.importers()) thread.ask('readmitImport', [this.#plugin]).catch(() => {});
  }

  /**
   * Returns what a thread needs to import this version; before the version is up, that includes threads that do not take calls
   * yet.
   */
  exporter(isUp: boolean): Exporter {
    const answering = this.threads.filter((thread) => !isUp || this.serves(thread));
    return { plugin: this.#plugin, homes: this.#deps.homes, answering, refusal: this.#refusal };
  }

  /** True when nothing is pending and nothing is held open. */
  get isIdle(): boolean {
    const { pending, queued } = this.balancer;
    if (pending > 0 || queued > 0 || !this.#deps.outsideWork.isIdle) return false;
    return this.threads.every(({ death, held }) => death || held === 0);
  }

  /** Resolves when nothing is pending and nothing is held open. */
  async whenIdle(): Promise<void> {
    do {
      await this.balancer.whenIdle();
      await this.#deps.outsideWork.whenIdle();
      await Promise.all(this.threads.map((thread) => thread.ask('idle', []).catch(() => {})));
      // A lost answer, like everything else pending on its link, says nothing about the thread.
    } while (!this.isIdle);
  }

  /** Aborts `context.signal` in every thread. */
  announceDrain(): void {
    for (const thread of this.threads) thread.ask('drain', []).catch(() => {});
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
    this.#threads.length = 0;
    this.#coming.clear();
    this.#leaving.clear();
    await Promise.all([...gone, this.#deps.close(graceMs)]);
  }

  async #whenQuiet(thread: ThreadHandle): Promise<void> {
    do {
      await this.#connectionOf.get(thread)?.whenQuiet();
      // A stuck thread does not answer, but its gauge can still be read.
      if (thread.held > 0) await thread.ask('idle', []);
    } while (!thread.death && thread.held > 0);
  }

  async #bringUp(
    thread: ThreadHandle,
    exporters: () => readonly Exporter[],
    cause: 'crash' | 'recycle',
  ): Promise<void> {
    const { steps } = this.#deps;
    await steps.restore();
    await steps.import(thread, cause);
    await steps.run([thread], 'exports', []);
    const saved = cause === 'crash' ? this.#deps.saved() : undefined;
    if (saved) await thread.ask('pourKept', [saved]);
    // Not earlier: a thread of an exporter that is replaced meanwhile cannot be linked to this one yet.
    await steps.openImports(thread, exporters());
    await steps.run([thread], 'openResources', ['load']);
    await steps.run([thread], 'load', [this.#data]);
    this.#openForStart(thread);
    await steps.run([thread], 'init', []);
  }

  /** Admits calls that `onInit` of this very thread makes and waits for, by whatever route they come back. */
  #openForStart(thread: ThreadHandle): void {
    const { plugin, version, thread: index } = thread.name;
    const tag = startTag(plugin, version, index);
    const admits = ({ chain }: Call): boolean => chain.includes(tag);
    this.#connectionOf.set(thread, this.balancer.add(index, thread.link, admits));
    const importers = this.#deps.importers();
    this.#linkedEarly.set(thread, new Set(importers));
    for (const importer of importers) connectThreads(importer, thread, tag).catch(() => {});
  }

  /** Admits every call. */
  #widen(thread: ThreadHandle): void {
    const connection = this.#connectionOf.get(thread);
    const linkedEarly = this.#linkedEarly.get(thread);
    for (const importer of this.#deps.importers()) {
      // An importer that dies meanwhile is linked when it is replaced.
      const linked = linkedEarly?.has(importer)
        ? importer.ask('importIsUp', [this.#plugin, thread.id])
        : connectThreads(importer, thread);
      linked.catch(() => {});
    }
    if (connection) this.balancer.widen(connection);
  }

  #leavingAt(index: number): ThreadHandle | undefined {
    return [...this.#leaving].find(({ death, name }) => !death && name.thread === index);
  }

  #spawn(index: number): ThreadHandle {
    const thread = this.#deps.spawn(index);
    this.#threads[index] = thread;
    return thread;
  }

  #open(thread: ThreadHandle): void {
    this.#connectionOf.set(thread, this.balancer.add(thread.name.thread, thread.link));
  }
}
