import type { CallOptions } from '../dispatch/call.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import type { LiveTable } from '../plugin/vault.js';
import type { Caller } from '../swap/caller.js';
import type { Details } from '../swap/details.js';
import type { PluginHandle } from '../swap/plugin-handle.js';
import type { Swapper } from '../swap/swapper.js';
import { LiveswapError } from '../core/errors.js';
import { withMappedStacks } from './map-stacks.js';
import type { Workplace } from './workplace.js';

/** Plugins that run for a test. */
export class MountedPlugins implements AsyncDisposable {
  readonly swapper: Swapper;
  readonly #caller: Caller;
  readonly #workplace: Workplace;
  readonly #hasThreads: boolean;
  readonly #edited = new Set<string>();
  #closed: Promise<void> | undefined;

  constructor(swapper: Swapper, workplace: Workplace, hasThreads: boolean) {
    this.swapper = swapper;
    this.#caller = withMappedStacks(swapper.with({}));
    this.#workplace = workplace;
    this.#hasThreads = hasThreads;
  }

  /** Live functions as methods. */
  get live(): LiveTable {
    return withMappedStacks(this.swapper.live());
  }

  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#caller.call(name, ...args);
  }

  run(data: LiveDataWire | string): Promise<unknown> {
    return this.#caller.run(data);
  }

  with(options: CallOptions): Caller {
    return withMappedStacks(this.swapper.with(options));
  }

  /** @throws LiveswapError `PLUGIN_MISSING` */
  plugin(name: string): PluginHandle {
    return withMappedStacks(this.swapper.current.plugin(name));
  }

  /**
   * Edits a source file, in a copy: the test's own files stay as they are. Takes effect with {@link reload}.
   *
   * @param path relative to the folder that was mounted.
   * @throws LiveswapError `STATIC_LINKING` without `{ threads: true }`
   */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    this.#needThreads('edit');
    this.#edited.add(await this.#workplace.edit(path, change));
  }

  /**
   * Builds what was edited and makes it current.
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
