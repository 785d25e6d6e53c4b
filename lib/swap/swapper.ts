import { resolve } from 'node:path';
import { withDeadline } from '../core/deadline.js';
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
import { prepareChange, type PreparedChange } from './change.js';
import { createDetails, type Details } from './details.js';
import type { Generation } from './generation.js';
import { History } from './history.js';
import { Holds } from './holds.js';
import { resolveOptions, type OnReload, type SwapperOptions, type SwapperSettings } from './options.js';
import { Session } from './session.js';
import { SwapObserver } from './swap-observer.js';
import { VersionFactory, type Startable } from './version-factory.js';
import { VersionServices } from './version-services.js';

/** What brings another generation. */
type Reason = 'load' | 'reload' | 'rollback';

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
  readonly #holds = new Holds<Version>((version) => this.#retire(version));
  #current: Generation | undefined;
  #generations = 0;
  #reloads = 0;
  #changes: Promise<unknown> = Promise.resolve();
  #life: Life = { kind: 'open' };

  /** @throws LiveswapError `OPTION_INVALID` naming the option */
  constructor(pluginDir: string, options: SwapperOptions = {}) {
    this.pluginDir = pluginDir;
    this.#settings = resolveOptions(options);
    this.#observer = new SwapObserver(this, options.logger);
    const { emit, logger, totals } = this.#observer;
    this.#internal = new Dispatcher(() => this.#current);
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
    return this.#change('load', async () => ({ startables: await this.#read(), data }));
  }

  /**
   * Loads what has changed and makes it current; resolves when it is. Whatever fails, the current generation serves on.
   * A reload that is asked for during another runs after it.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure, `STATIC_LINKING`
   */
  reload(data?: unknown, options: { readonly onReload?: OnReload } = {}): Promise<Details> {
    if (this.#settings.static) return Promise.reject(staticLinking('reload'));
    return this.#change('reload', async () => ({ startables: await this.#read(), data }), options.onReload);
  }

  /**
   * Goes back to the generation before, with the data it was loaded with.
   * @throws LiveswapError `ROLLBACK_UNAVAILABLE`, `RELOAD_FAILED`, `STATIC_LINKING`
   */
  rollback(): Promise<Details> {
    if (this.#settings.static) return Promise.reject(staticLinking('rollback'));
    return this.#change('rollback', async () => this.#history.latest());
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

  /** A session whose calls stay in the current generation, which stays alive until it is released. */
  pin(): Session {
    const generation = this.current;
    let held = true;
    const released = new LiveswapError('CLOSED', 'This session is released: pin again.');
    const caller = new Caller(this.#internal, { timeoutMs: this.#settings.callTimeoutMs }, () => {
      if (!held) throw released;
      return generation;
    });
    const session: Session = new Session(generation, caller, () => {
      held = false;
      for (const version of generation.versions) this.#holds.release(version, session);
    });
    for (const version of generation.versions) this.#holds.hold(version, session);
    return session;
  }

  /** What is going on now: every plugin, version and thread, and why a version is still alive. */
  stats(): SwapperStats {
    return this.#observer.stats({
      current: this.#current,
      reloads: this.#reloads,
      alive: this.#factory.alive,
      standbyThreads: this.#factory.standbyThreads,
      holdersOf: (version) => this.#holds.holdersOf(version),
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

  /** Takes no more calls, lets what is pending finish, frees the plugins, ends the threads. Idempotent. */
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
    if (this.#life.kind !== 'open') throw closed();
    return this.#current;
  }

  #read(): Promise<Startable[]> {
    return this.#factory.read(resolve(this.pluginDir));
  }

  /** Changes run one after the other, each against what is current when its turn comes. */
  #change(
    reason: Reason,
    choose: () => Promise<{ startables: readonly Startable[]; data: unknown }>,
    onReload?: OnReload,
  ): Promise<Details> {
    const run = this.#changes.then(async () => {
      if (this.#life.kind !== 'open') throw closed();
      const began = performance.now();
      this.#observer.emit({ type: 'reloadStarted', reason });
      try {
        const { startables, data } = await choose();
        const vetoes = [this.#settings.onReload, onReload].filter((veto) => veto !== undefined);
        const previous = this.#current;
        const prepared = await prepareChange(this.#tools, {
          id: this.#generations + 1,
          startables,
          data,
          previous,
          vetoes,
        });
        return this.#switch(reason, prepared, data, began);
      } catch (error) {
        throw this.#failed(reason, error);
      } finally {
        if (this.#life.kind === 'open') this.#factory.prepare();
      }
    });
    this.#changes = run.catch(() => {});
    return run;
  }

  /** Everything here happens between two events: no call sees half of it. */
  #switch(
    reason: Reason,
    { generation, startMs, commit }: PreparedChange,
    data: unknown,
    began: number,
  ): Details {
    const previous = this.#current;
    const switching = performance.now();
    this.#current = generation;
    commit();
    this.#generations = generation.id;
    if (reason === 'reload') this.#reloads++;
    if (reason === 'rollback') this.#history.dropLatest();
    else if (previous) this.#history.add(previous);
    this.#history.remember(generation, data);
    this.#take(generation, previous);
    const details = createDetails(generation.plugins.map((plugin) => [plugin.name, plugin.note]));
    const now = performance.now();
    const ms = { total: now - began, start: startMs, switch: now - switching };
    this.#observer.emit({ type: 'reloaded', reason, generation: generation.id, details, ms });
    return details;
  }

  /** Holds the new generation's versions and lets go of those that only the old one held. */
  #take(generation: Generation, previous: Generation | undefined): void {
    const kept = new Set(generation.versions);
    for (const version of kept) this.#holds.hold(version, generation);
    for (const version of previous?.versions ?? []) {
      if (!kept.has(version)) version.lanes.handOver(this.#internal.redispatch);
      this.#holds.release(version, previous as Generation);
    }
  }

  #retire(version: Version): void {
    version.drain(this.#internal.redispatch).catch((error: unknown) => {
      const wrapped =
        error instanceof LiveswapError
          ? error
          : new LiveswapError('INTERNAL', messageOf(error), { cause: error });
      this.#observer.emit({ type: 'hookFailed', error: wrapped });
    });
  }

  #failed(reason: Reason, cause: unknown): LiveswapError {
    const serving = this.#current ? 'the current generation serves on' : 'nothing is loaded';
    const code = reason === 'load' ? 'LOAD_FAILED' : 'RELOAD_FAILED';
    const plugin = cause instanceof LiveswapError ? cause.plugin : undefined;
    const error = new LiveswapError(code, `The ${reason} did not complete, ${serving}: ${messageOf(cause)}`, {
      ...(plugin !== undefined && { plugin }),
      cause,
    });
    this.#observer.emit({ type: 'reloadFailed', reason, error });
    return error;
  }

  #onVersionFailed(version: Version, error: LiveswapError): void {
    this.#observer.emit({ type: 'hookFailed', error });
    const isCurrent = this.#current?.versions.includes(version) ?? false;
    if (!isCurrent || !this.#settings.autoRollback || this.#history.isEmpty) return;
    // A failure is an event of its own; the calls are refused with the reason either way.
    this.rollback().catch(() => {});
  }

  async #close(): Promise<void> {
    await this.#changes;
    const versions = [...this.#factory.alive];
    const { drainMs } = this.#settings;
    // All of them first: a job that is still running may call any of the others.
    await withDeadline(allIdle(versions), drainMs, () => undefined).catch(() => {});
    await Promise.all(versions.map((version) => version.drain()));
    await this.#end();
  }

  async #destroy(): Promise<void> {
    const error = closed();
    do {
      await Promise.all([...this.#factory.alive].map((version) => version.destroy(error)));
      await this.#changes;
    } while (this.#factory.alive.size > 0);
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#history.clear();
    await this.#factory.close();
    this.#observer.emit({ type: 'closed' });
    this.#observer.stop();
  }

  get #tools(): Parameters<typeof prepareChange>[0] {
    return {
      factory: this.#factory,
      services: this.#services,
      bag: this.#bag,
      caller: this.#caller,
      extension: this.#settings.extension,
    };
  }
}

async function allIdle(versions: readonly Version[]): Promise<void> {
  do await Promise.all(versions.map((version) => version.whenIdle()));
  while (versions.some((version) => version.lanes.pending > 0));
}

function closed(): LiveswapError {
  return new LiveswapError('CLOSED', 'This swapper is closed.');
}

function staticLinking(what: string): LiveswapError {
  return new LiveswapError(
    'STATIC_LINKING',
    `Cannot ${what}: the plugins are linked statically; start without the static option to swap code.`,
  );
}
