import type { Carrier } from '../core/carrier.js';
import type { CallOptions } from '../dispatch/call-request.js';
import { carrierHere } from '../dispatch/host-carrier.js';
import { isForPlugin } from '../dispatch/plugin-work.js';
import { subscribe, type SwapEvent } from '../observe/events.js';
import { formatMetrics } from '../observe/metrics.js';
import type { SwapperStats } from '../observe/stats.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import { bindOrigin } from '../live-data/bound-origin.js';
import type { LiveHandled } from '../live-data/live-names.js';
import type { LiveCall, LiveTable } from '../plugin/live-call.js';
import type { DataBag } from '../plugin/vault.js';
import type { ArtifactWatcher, ArtifactWatchOptions } from '../files/artifact-watcher.js';
import type { Turn } from './assent.js';
import type { Caller } from './caller.js';
import { ChangeRequests } from './change-requests.js';
import type { Details } from './details.js';
import type { Generation } from './generation.js';
import { isInHook, notToBeAwaited } from './hook-context.js';
import { Lifetime, type LifetimeDeps } from './lifetime.js';
import type { OnReload, SwapperOptions, SwapperSettings } from './options.js';
import { resolveOptions } from './resolve-options.js';
import type { ReloadOptions } from './reload-options.js';
import { PluginFolder, type ArtifactMaker } from './plugin-folder.js';
import type { Session, PinOptions } from './session.js';
import { staticLinking } from './static-linking.js';
import { SwapperControl } from './swapper-control.js';
import { assembleParts, type SwapperParts } from './swapper-parts.js';
import { watchFolder } from './watch-folder.js';

/**
 * The host's handle: loads, reloads, calls, rolls back, closes.
 *
 * @example
 * const swapper = new Swapper('dist/plugins', { threads: 2 });
 * await swapper.load();
 * await swapper.call('live_answerRollCall', 'Ironkill');
 */
export class Swapper {
  readonly #folder: PluginFolder;
  readonly #settings: SwapperSettings;
  readonly #lifetime = new Lifetime();
  readonly #parts: SwapperParts;
  readonly #requests: ChangeRequests;
  readonly #control: SwapperControl | undefined;

  /** @throws LiveswapError `OPTION_INVALID` naming the option */
  constructor(pluginDir: string, options: SwapperOptions = {}) {
    this.#folder = new PluginFolder(pluginDir);
    const settings = resolveOptions(options);
    this.#settings = settings;
    this.#parts = assembleParts(this, { settings, folder: this.#folder, lifetime: this.#lifetime });
    this.#requests = new ChangeRequests(this.#parts.reloader, settings.static !== undefined);
    const { tracing } = settings;
    if (tracing) {
      tracing.observe((listener) => subscribe(this, listener));
      bindOrigin(() => tracing.origin());
    }
    if (settings.control)
      this.#control = new SwapperControl(this, settings.control, this.#parts.observer.logger);
  }

  /**
   * Absolute path of the folder that artifacts are read from. A new value takes effect with the next reload, and watchers from
   * {@link watch} switch to it immediately; a relative path is resolved when it is set.
   */
  get pluginDir(): string {
    return this.#folder.path;
  }

  set pluginDir(folder: string) {
    this.#folder.moveTo(folder);
  }

  /** The generation that receives calls. @throws LiveswapError `NOT_LOADED` before the first load */
  get current(): Generation {
    return this.#parts.current();
  }

  /** Signal that aborts with `CLOSED` when closing begins. @internal */
  get ending(): AbortSignal {
    return this.#lifetime.signal;
  }

  /** Resolves when every reload and rollback requested so far has settled. @internal */
  changesSettled(): Promise<unknown> {
    return this.#parts.reloader.whenIdle();
  }

  /** The data bag, which is there before anything is loaded. @internal */
  get dataBag(): DataBag {
    return this.#parts.reloader.dataBag;
  }

  /** True when calls that are made here may carry something. @internal */
  get makesCarriers(): boolean {
    const { carrier, tracing } = this.#settings;
    return carrier !== undefined || tracing !== undefined;
  }

  /**
   * Returns the carrier of a call that is made here, for layers that reach plugins other than by calls.
   * @throws LiveswapError `OPTION_INVALID`
   * @internal
   */
  carrierHere(): Carrier | undefined {
    const { carrier, tracing } = this.#settings;
    const made = carrierHere(carrier);
    return tracing ? tracing.inject(made) : made;
  }

  /** Number of successful reloads. */
  get reloads(): number {
    return this.#parts.reloader.reloads;
  }

  /**
   * Loads every plugin of the folder. Each `onLoad` receives a clone of `data`; if omitted, the option `data` provides it.
   * @throws LiveswapError `LOAD_FAILED` whose cause is the first failure
   */
  load(data?: unknown): Promise<Details> {
    return this.#requests.load(data);
  }

  /**
   * Loads changed plugins and makes them current; resolves when they are. On any failure, the current generation stays in
   * service. A reload requested during another one runs after it; equal requests that wait are combined into one.
   *
   * If `data` differs from before, plugins that have an `onLoad` are restarted. If it is omitted, the option `data` provides it,
   * or else the current generation's data is used again.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure, `CONTRACT_BROKEN` and `VERSIONS_FULL` among them,
   * `STATIC_LINKING`, `OPTION_INVALID`
   */
  reload(data?: unknown, options: ReloadOptions = {}): Promise<Details> {
    return this.#requests.reload(data, options);
  }

  /**
   * Has `maker` update the artifacts before any load or reload reads them: for layers that generate artifacts from other
   * sources.
   * @internal
   */
  refreshBy(maker: ArtifactMaker): void {
    this.#folder.refreshBy(maker);
  }

  /**
   * Passes every generation that is about to become current to `gate`, before `onReload` or after it (`'last'`), until the returned
   * function is called: for layers that serve what plugins offer.
   * @internal
   */
  addGate(gate: OnReload, turn?: Turn): () => void {
    return this.#parts.reloader.addGate(gate, turn);
  }

  /**
   * Rolls back to the latest earlier release that differs from the current one, with the data it was loaded with.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure, `ROLLBACK_UNAVAILABLE` among them; `STATIC_LINKING`,
   * `OPTION_INVALID`
   */
  rollback(options: Pick<ReloadOptions, 'kept'> = {}): Promise<Details> {
    return this.#requests.rollBack(options);
  }

  /**
   * Calls the newest version of a live function. Names, arguments and results are those of `live.d.ts` where that file is part of
   * the program, and anything where it is not. `call<string>(name, …)` calls a function that the file does not list.
   */
  get call(): LiveCall {
    return this.#parts.caller.call;
  }

  /** Runs live data with its newest class, in whichever plugin has it now; see {@link Caller.run}. */
  run<Type extends string = string>(data: LiveDataWire<Type> | string): Promise<LiveHandled<Type>> {
    return this.#parts.caller.run(data);
  }

  /** Returns a caller with a signal, a deadline, a carrier or a transfer list. */
  with(options: CallOptions): Caller {
    return this.#parts.caller.with(options);
  }

  /** Returns live functions as methods, typed by `live.d.ts`, or by `Live`. */
  live<Live extends object = LiveTable>(): Live {
    return this.#parts.caller.live<Live>();
  }

  /**
   * Returns a session whose calls stay in the current generation. The generation is kept alive until the session is released, for
   * an hour at most unless `maxMs` says otherwise.
   * @throws LiveswapError `NOT_LOADED`, `OPTION_INVALID`
   *
   * @example
   * await using session = swapper.pin();
   * await session.call('live_next');
   */
  pin(options: PinOptions = {}): Session {
    return this.#parts.pins.pin(options);
  }

  /** Returns the current state: every plugin, version and thread, and why each version is still alive. */
  stats(): SwapperStats {
    return this.#parts.observer.stats({
      current: this.#parts.generations.current,
      reloads: this.#parts.reloader.reloads,
      alive: this.#parts.versions.alive,
      standbyThreads: this.#parts.versions.standbyThreads,
      holdersOf: (version) => this.#parts.generations.holdersOf(version),
    });
  }

  /** Returns {@link stats} in the text format of Prometheus; serve it as `METRICS_CONTENT_TYPE`. */
  metrics(): string {
    return formatMetrics(this.stats());
  }

  /**
   * Calls `listener` with every event of one type, until the returned function is called. An error it throws is logged once and
   * has no other effect.
   * @throws LiveswapError `OPTION_INVALID` when there is no such event
   */
  on<Type extends SwapEvent['type']>(
    type: Type,
    listener: (event: Extract<SwapEvent, { readonly type: Type }>) => unknown,
  ): () => void {
    return this.#parts.observer.on(type, listener);
  }

  /**
   * Reloads whenever a deploy writes, replaces, adds or removes artifacts in the plugin folder, atomically or not, as soon as all
   * of them are complete: once for each deploy. It follows {@link pluginDir}. Resolves when watching has started; ends when the
   * swapper is closed, or by its own `close()`. A reload that fails is logged and reported as an event.
   * @throws LiveswapError `STATIC_LINKING`, `CLOSED`, `OPTION_INVALID`
   */
  async watch(options: ArtifactWatchOptions = {}): Promise<ArtifactWatcher> {
    this.#lifetime.check();
    if (this.#settings.static) throw staticLinking('watch');
    const { generations, observer } = this.#parts;
    return watchFolder(this, options, {
      folder: this.#folder,
      lifetime: this.#lifetime,
      logger: observer.logger,
      renew: (data) => (generations.current ? this.reload(data) : this.load(data)),
      onClosed: (listener) => this.on('closed', listener),
    });
  }

  /**
   * Accepts no more calls, lets pending ones finish, frees the plugins and ends the threads; a reload in progress is cancelled.
   * Idempotent. If a plugin awaits the closing, through a method of the extension or a callback, the promise resolves when
   * everything else has ended: the plugin's call runs to its end, then its thread ends. Streams and iterators that the host has
   * not read from for a second are returned; further reads reject with `CLOSED`.
   */
  close(): Promise<void> {
    const closed = isForPlugin()
      ? this.#lifetime.closeInChain(this.#ended)
      : this.#lifetime.close(this.#ended);
    return isInHook() ? notToBeAwaited('close') : closed;
  }

  /** Ends every thread immediately; pending calls reject with `CLOSED`. Idempotent. */
  destroy(): Promise<void> {
    return this.#lifetime.destroy(this.#ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The parts that closing and destroying end. */
  get #ended(): LifetimeDeps {
    return {
      alive: this.#parts.versions.alive,
      drainMs: this.#settings.drainMs,
      changesSettled: () => this.changesSettled(),
      cleanUp: async () => {
        await this.#control?.close();
        this.#parts.generations.history.clear();
        await this.#parts.versions.close();
        this.#parts.observer.emit({ type: 'closed' });
        this.#parts.observer.stop();
      },
    };
  }
}
