import type { CallOptions } from '../dispatch/call.js';
import type { LiveDataWire } from '../vault/live-data.js';
import type { LiveTable } from '../vault/vault.js';
import type { Caller } from './caller.js';
import type { Generation } from './generation.js';
import type { PluginHandle } from './plugin-handle.js';

/** A pin: its calls, and those they make to dependencies, stay in one generation, which stays alive until it is released. */
export class Session {
  readonly generation: Generation;
  readonly #caller: Caller;
  readonly #onRelease: () => void;

  constructor(generation: Generation, caller: Caller, onRelease: () => void) {
    this.generation = generation;
    this.#caller = caller;
    this.#onRelease = onRelease;
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

  plugin(name: string): PluginHandle {
    return this.generation.plugin(name);
  }

  /** Lets the generation go; calls under way finish. Idempotent. */
  async release(): Promise<void> {
    this.#onRelease();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
