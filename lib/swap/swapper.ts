import { resolve } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { CallOptions } from '../dispatch/call.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import type { SwapEvent } from '../observe/events.js';
import { formatMetrics } from '../observe/metrics.js';
import type { SwapperStats } from '../observe/stats.js';
import type { Version } from '../plugin/version.js';
import { HostBag } from '../vault/host-bag.js';
import type { LiveDataWire } from '../vault/live-data.js';
import type { LiveTable } from '../vault/vault.js';
import { Caller } from './caller.js';
import { ChangeQueue } from './change-queue.js';
import { prepareChange, type ChangeTools } from './change.js';
import { closedError, destroyAll, drainAll } from './closing.js';
import { createDetails, type Details } from './details.js';
import type { Generation } from './generation.js';
import { History } from './history.js';
import { resolveOptions, type OnReload, type SwapperOptions, type SwapperSettings } from './options.js';
import { Session } from './session.js';
import { SwapObserver } from './swap-observer.js';
import { Timeline } from './timeline.js';
import { VersionFactory, type Startable } from './version-factory.js';
import { VersionServices } from './version-services.js';

/** A change of generation: what asks for it, and what it is made from when its turn comes. */
interface Change {
  readonly reason: 'load' | 'reload' | 'rollback';
  readonly choose: () => Promise<{ readonly startables: readonly Startable[]; readonly data: unknown }>;
  readonly onReload?: OnReload | undefined;
}

/** How long the swapper goes on; `done` resolves when nothing of it is left. */
type Life =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing'; readonly done: Promise<void> }
  | { readonly kind: 'destroyed'; readonly done: Promise<void> };

/**
 * The host's handle: loads, reloads, calls, rolls back, closes.
 *
 * @example
 * const swapper = new Swapper('dist/plugins', { threads: 2 });
 * await swapper.load();
 * await swapper.call('live_answerRollCall', 'Ironkill');
 */
export class Swapper {
  /** Where artifacts are read from; another folder takes effect with the next reload. */
  pluginDir: string;
  readonly #settings: SwapperSettings;
  readonly #observer: SwapObserver;
  readonly #bag = new HostBag();
  readonly #caller: Caller;
  readonly #internal: Dispatcher;
  readonly #factory: VersionFactory;
  readonly #services: VersionServices;
  readonly #history: History;
  readonly #timeline: Timeline;
  readonly #changes = new ChangeQueue();
  /** Aborted when the swapper begins to close: a change that is under way is given up. */
  readonly #ending = new AbortController();
  #reloads = 0;
  #life: Life = { kind: 'open' };
  #ended: Promise<void> | undefined;

  /** @throws LiveswapError `OPTION_INVALID` naming the option */
  constructor(pluginDir: string, options: SwapperOptions = {}) {
    this.pluginDir = pluginDir;
    this.#settings = resolveOptions(options);
    this.#observer = new SwapObserver(this, options.logger);
    const { emit, logger, totals } = this.#observer;
    this.#internal = new Dispatcher(() => this.#timeline.current);
    this.#caller = new Caller(new Dispatcher(() => this.#open()), {
      timeoutMs: this.#settings.callTimeoutMs,
    });
    this.#services = new VersionServices(
      this.#internal,
      logger,
      emit,
      (version, error) => this.#onVersionFailed(version, error),
      totals.record,
    );
    this.#factory = new VersionFactory(this.#settings, this.#services);
    this.#history = new History(this.#settings.keep, this.#factory);
    this.#timeline = new Timeline(this.#history, {
      redispatch: this.#internal.redispatch,
      retire: (version) => this.#retire(version),
    });
  }

  /** The generation that calls go to. @throws LiveswapError `NOT_LOADED` before the first load */
  get current(): Generation {
    const current = this.#open();
    if (current) return current;
    throw new LiveswapError('NOT_LOADED', 'Nothing is loaded: await swapper.load() first.');
  }

  /** How many reloads have succeeded. */
  get reloads(): number {
    return this.#reloads;
  }

  /**
   * Loads every plugin of the folder. `data` is cloned to each `onLoad`.
   * @throws LiveswapError `LOAD_FAILED` whose cause is the first failure
   */
  load(data?: unknown): Promise<Details> {
    return this.#change({ reason: 'load', choose: () => this.#read(data) });
  }

  /**
   * Loads what has changed and makes it current; resolves when it is. Whatever fails, the current generation serves on.
   * A reload that is asked for during another runs after it.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure, `STATIC_LINKING`
   */
  reload(data?: unknown, options: { readonly onReload?: OnReload } = {}): Promise<Details> {
    if (this.#settings.static) return Promise.reject(staticLinking('reload'));
    const { onReload } = options;
    return this.#change({ reason: 'reload', choose: () => this.#read(data), onReload });
  }

  /**
   * Goes back to the generation before, with the data it was loaded with.
   * @throws LiveswapError `ROLLBACK_UNAVAILABLE`, `RELOAD_FAILED`, `STATIC_LINKING`
   */
  rollback(): Promise<Details> {
    if (this.#settings.static) return Promise.reject(staticLinking('rollback'));
    return this.#change(this.#rollback);
  }

  /** Calls a live function: always its newest version. */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#caller.call(name, ...args);
  }

  /** Runs live data: its newest class, wherever that is now; see {@link Caller.run}. */
  run(data: LiveDataWire | string): Promise<unknown> {
    return this.#caller.run(data);
  }

  /** Calls with a signal, a deadline, a transfer list. */
  with(options: CallOptions): Caller {
    return this.#caller.with(options);
  }

  /** Live functions as methods; `Live` is generated by the build. */
  live<Live extends object = LiveTable>(): Live {
    return this.#caller.live<Live>();
  }

  /**
   * A session whose calls stay in the current generation, which stays alive until it is released.
   *
   * @example
   * await using session = swapper.pin();
   * await session.call('live_next');
   */
  pin(): Session {
    const generation = this.current;
    const caller = new Caller(this.#internal, { timeoutMs: this.#settings.callTimeoutMs });
    const session: Session = new Session(generation, caller, {
      check: () => void this.#open(),
      release: () => this.#timeline.release(generation, session),
    });
    this.#timeline.hold(generation, session);
    return session;
  }

  /** What is going on now: every plugin, version and thread, and why a version is still alive. */
  stats(): SwapperStats {
    return this.#observer.stats({
      current: this.#timeline.current,
      reloads: this.#reloads,
      alive: this.#factory.alive,
      standbyThreads: this.#factory.standbyThreads,
      holdersOf: (version) => this.#timeline.holdersOf(version),
    });
  }

  /** {@link stats} in the text format of Prometheus; serve it as `METRICS_CONTENT_TYPE`. */
  metrics(): string {
    return formatMetrics(this.stats());
  }

  /** Calls `listener` with every event of one type, until the returned function is called. */
  on<Type extends SwapEvent['type']>(
    type: Type,
    listener: (event: Extract<SwapEvent, { readonly type: Type }>) => void,
  ): () => void {
    return this.#observer.on(type, listener);
  }

  /**
   * Takes no more calls, lets what is pending finish, frees the plugins, ends the threads; a reload that is under way is
   * given up. Idempotent.
   */
  close(): Promise<void> {
    if (this.#life.kind === 'open') this.#life = { kind: 'closing', done: this.#close() };
    return this.#life.done;
  }

  /** Ends every thread now; what is pending rejects `CLOSED`. Idempotent. */
  destroy(): Promise<void> {
    if (this.#life.kind !== 'destroyed') this.#life = { kind: 'destroyed', done: this.#destroy() };
    return this.#life.done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): Generation | undefined {
    if (this.#life.kind !== 'open') throw closedError();
    return this.#timeline.current;
  }

  async #read(data: unknown): Promise<Awaited<ReturnType<Change['choose']>>> {
    return { startables: await this.#factory.read(resolve(this.pluginDir)), data };
  }

  get #rollback(): Change {
    return { reason: 'rollback', choose: async () => this.#history.latest() };
  }

  #change(change: Change): Promise<Details> {
    return this.#changes.add(() => this.#run(change));
  }

  /** Runs a change against what is current now. */
  async #run({ reason, choose, onReload }: Change): Promise<Details> {
    this.#open();
    const began = performance.now();
    this.#observer.emit({ type: 'reloadStarted', reason });
    try {
      const { startables, data } = await choose();
      const vetoes = [this.#settings.onReload, onReload].filter((veto) => veto !== undefined);
      const { current: previous, nextId: id } = this.#timeline;
      const prepared = await prepareChange(this.#tools, { id, startables, data, previous, vetoes });
      const switching = performance.now();
      this.#timeline.switchTo(prepared, data, reason === 'rollback' ? 'back' : 'forward');
      if (reason === 'reload') this.#reloads++;
      const details = createDetails(prepared.generation.plugins.map(({ name, note }) => [name, note]));
      const now = performance.now();
      const ms = { total: now - began, start: prepared.startMs, switch: now - switching };
      this.#observer.emit({ type: 'reloaded', reason, generation: id, details, ms });
      return details;
    } catch (error) {
      throw this.#failed(reason, error);
    } finally {
      if (this.#life.kind === 'open') this.#factory.prepare();
    }
  }

  #retire(version: Version): void {
    version.drain({ newest: this.#internal.redispatch }).catch((error: unknown) => {
      const wrapped =
        error instanceof LiveswapError
          ? error
          : new LiveswapError('INTERNAL', messageOf(error), { cause: error });
      this.#observer.emit({ type: 'hookFailed', error: wrapped });
    });
  }

  #failed(reason: Change['reason'], cause: unknown): LiveswapError {
    const serving = this.#timeline.current ? 'the current generation serves on' : 'nothing is loaded';
    const outcome = this.#life.kind === 'open' ? serving : 'the swapper is closing';
    const code = reason === 'load' ? 'LOAD_FAILED' : 'RELOAD_FAILED';
    const plugin = cause instanceof LiveswapError ? cause.plugin : undefined;
    const error = new LiveswapError(code, `The ${reason} did not complete, ${outcome}: ${messageOf(cause)}`, {
      ...(plugin !== undefined && { plugin }),
      cause,
    });
    this.#observer.emit({ type: 'reloadFailed', reason, error });
    return error;
  }

  #onVersionFailed(version: Version, error: LiveswapError): void {
    this.#observer.emit({ type: 'hookFailed', error });
    if (!this.#settings.autoRollback) return;
    const rollBack = async (): Promise<void> => {
      // A reload that ran before may have replaced it, or there may be nothing to go back to.
      const isCurrent = this.#timeline.current?.versions.includes(version) ?? false;
      if (isCurrent && !this.#history.isEmpty) await this.#run(this.#rollback);
    };
    // A failure is an event of its own; the calls are refused with the reason either way.
    this.#changes.add(rollBack).catch(() => {});
  }

  async #close(): Promise<void> {
    this.#ending.abort(closedError());
    await this.#changes.whenIdle();
    await drainAll([...this.#factory.alive], this.#settings.drainMs);
    await this.#end();
  }

  async #destroy(): Promise<void> {
    this.#ending.abort(closedError());
    await destroyAll(this.#factory.alive, () => this.#changes.whenIdle());
    await this.#end();
  }

  #end(): Promise<void> {
    this.#ended ??= this.#forgetAll();
    return this.#ended;
  }

  async #forgetAll(): Promise<void> {
    this.#history.clear();
    await this.#factory.close();
    this.#observer.emit({ type: 'closed' });
    this.#observer.stop();
  }

  get #tools(): ChangeTools {
    return {
      factory: this.#factory,
      services: this.#services,
      bag: this.#bag,
      caller: this.#caller,
      extension: this.#settings.extension,
      signal: this.#ending.signal,
    };
  }
}

function staticLinking(what: string): LiveswapError {
  return new LiveswapError(
    'STATIC_LINKING',
    `Cannot ${what}: the plugins are linked statically; start without the static option to swap code.`,
  );
}
