import { LiveswapError } from '../core/errors.js';
import type { CallOptions } from '../dispatch/call.js';
import type { UntypedFunctions } from '../plugin/definition.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import type { LiveTable } from '../plugin/vault.js';
import type { Caller } from './caller.js';
import type { Generation } from './generation.js';
import type { PluginHandle } from './plugin-handle.js';

/** What a session does with the swapper it belongs to. */
export interface SessionDeps {
  /** @throws LiveswapError `CLOSED` when the swapper takes no more calls */
  check(): void;
  /** Lets the generation go. */
  release(): void;
}

/** A pin: its calls, and those they make to dependencies, stay in one generation, which stays alive until it is released. */
export class Session {
  readonly generation: Generation;
  readonly #caller: Caller;
  readonly #deps: SessionDeps;
  #released = false;

  /** @internal Calls as `caller` does, but in `generation`. */
  constructor(generation: Generation, caller: Caller, deps: SessionDeps) {
    this.generation = generation;
    this.#deps = deps;
    this.#caller = caller.pinnedTo(() => this.#pinned());
  }

  /** Calls a live function of this generation. @throws LiveswapError `CLOSED` after {@link release} */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#caller.call(name, ...args);
  }

  /** Runs live data in this generation; see {@link Caller.run}. */
  run(data: LiveDataWire | string): Promise<unknown> {
    return this.#caller.run(data);
  }

  with(options: CallOptions): Caller {
    return this.#caller.with(options);
  }

  live<Live extends object = LiveTable>(): Live {
    return this.#caller.live<Live>();
  }

  plugin<Functions extends object = UntypedFunctions>(name: string): PluginHandle<Functions> {
    return this.generation.plugin<Functions>(name);
  }

  /** Lets the generation go; calls under way finish. Idempotent. */
  async release(): Promise<void> {
    this.#released = true;
    this.#deps.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #pinned(): Generation {
    if (this.#released) throw new LiveswapError('CLOSED', 'This session is released: pin again.');
    this.#deps.check();
    return this.generation;
  }
}
