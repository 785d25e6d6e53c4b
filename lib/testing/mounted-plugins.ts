import { checkOptions, isText } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { mountsOf } from '../http/mounts.js';
import { toFetchHandler, type FetchRequestHandler } from '../http/to-fetch-handler.js';
import type { UntypedFunctions } from '../plugin/definition.js';
import type { LiveTable } from '../plugin/live-call.js';
import type { Caller } from '../swap/caller.js';
import type { Details } from '../swap/details.js';
import type { PluginHandle } from '../swap/plugin-handle.js';
import type { Swapper } from '../swap/swapper.js';
import { withMappedStacks } from './map-stacks.js';
import type { Workplace } from './workplace.js';

/** Plugins that run for a test. `Live` is the type of their live functions, as the build writes it to `live.d.ts`. */
export class MountedPlugins<Live extends object = LiveTable> implements AsyncDisposable {
  /** The swapper that the plugins are loaded in. */
  readonly swapper: Swapper;
  /** Live functions as methods. */
  readonly live: Live;
  /** Calls a live function: see `swapper.call`. */
  readonly call: Caller['call'];
  /** Runs live data as its newest class: see `swapper.run`. */
  readonly run: Caller['run'];
  readonly #workplace: Workplace;
  readonly #hasThreads: boolean;
  readonly #fetchers = new Map<string, FetchRequestHandler>();
  readonly #edited = new Set<string>();
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(swapper: Swapper, workplace: Workplace, hasThreads: boolean) {
    this.swapper = swapper;
    const caller = withMappedStacks(swapper.with({}));
    this.call = caller.call;
    this.run = (data) => caller.run(data);
    this.live = withMappedStacks(swapper.live<Live>());
    this.#workplace = workplace;
    this.#hasThreads = hasThreads;
  }

  /** Returns a caller with a signal, a deadline, a carrier or a transfer list: see `swapper.with`. */
  with(...options: Parameters<Swapper['with']>): Caller {
    return withMappedStacks(this.swapper.with(...options));
  }

  /**
   * Returns the handle of a plugin: see `generation.plugin`.
   * @throws LiveswapError `PLUGIN_MISSING`
   */
  plugin<Functions extends object = UntypedFunctions>(name: string): PluginHandle<Functions> {
    return withMappedStacks(this.swapper.current.plugin<Functions>(name));
  }

  /**
   * Sends a request to the web app of a plugin, without a port: see `toFetchHandler` of `liveswap/http`.
   *
   * @param options `plugin` names the plugin; it may be left out if only one has `http`.
   * @throws LiveswapError `OPTION_INVALID` when it is not clear which plugin answers
   *
   * @example
   * const response = await app.fetch(new Request('http://localhost/orders/7'));
   */
  async fetch(
    request: Request | URL | string,
    options: { readonly plugin?: string } = {},
  ): Promise<Response> {
    checkOptions(options, { plugin: ["a plugin's name", isText] });
    const { plugin = mountsOf(undefined, () => this.swapper.current)[0]?.plugin ?? '' } = options;
    const fetcher = this.#fetchers.get(plugin) ?? toFetchHandler(this.swapper, { plugin });
    this.#fetchers.set(plugin, fetcher);
    return fetcher(request instanceof Request ? request : new Request(request));
  }

  /**
   * Edits a source file, in a copy: the test's own files stay as they are. Takes effect with {@link reload}.
   *
   * @param path relative to the folder that was mounted.
   * @throws LiveswapError `STATIC_LINKING` without `{ threads: true }`, `OPTION_INVALID`
   */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    this.#needThreads('edit');
    this.#edited.add(await this.#workplace.edit(path, change));
  }

  /**
   * Builds the edited plugins and makes them current.
   * @throws LiveswapError `BUILD_FAILED`, `RELOAD_FAILED`; `STATIC_LINKING` without `{ threads: true }`
   */
  async reload(data?: unknown): Promise<Details> {
    this.#needThreads('reload');
    const edited = [...this.#edited];
    this.#edited.clear();
    await this.#workplace.build(edited);
    return this.swapper.reload(data);
  }

  /** Closes the swapper and removes what was built. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.swapper.close().finally(() => this.#workplace.close());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #needThreads(what: string): void {
    if (this.#hasThreads) return;
    throw new LiveswapError(
      'STATIC_LINKING',
      `Cannot ${what}: these plugins run in process; mount them with { threads: true } to swap code in a test.`,
    );
  }
}
