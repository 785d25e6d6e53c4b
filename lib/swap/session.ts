import { pinned } from '../core/chain.js';
import type { CallOptions } from '../dispatch/call-request.js';
import type { UntypedFunctions } from '../plugin/definition.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import type { LiveHandled } from '../live-data/live-names.js';
import type { LiveCall, LiveTable } from '../plugin/live-call.js';
import type { Caller } from './caller.js';
import type { Generation } from './generation.js';
import type { Pin } from './pin.js';
import type { PluginHandle } from './plugin-handle.js';

/** Options of `swapper.pin()`. */
export interface PinOptions {
  /** Milliseconds until the pin expires, with a warning in the log; Infinity means never. Default 3,600,000. */
  readonly maxMs?: number | undefined;
}

/** Dependencies of a Session. */
export interface SessionDeps {
  readonly pin: Pin;
  readonly caller: Caller;
  /** @throws LiveswapError `CLOSED` when the swapper accepts no more calls */
  readonly check: () => void;
}

/** A session that was garbage-collected without `release()` can no longer release its pin, so do it here. */
const forgotten = new FinalizationRegistry<Pin>((pin) => pin.release());

/**
 * A pin. Its calls, and all nested calls, stay in one generation, which is kept alive until the session is released, `maxMs` has
 * passed, or the session is garbage-collected.
 */
export class Session {
  /** The generation in which its calls stay. */
  readonly generation: Generation;
  readonly #caller: Caller;
  readonly #deps: SessionDeps;

  /** @internal Calls as `caller` does, but in `generation`. */
  constructor(generation: Generation, deps: SessionDeps) {
    this.generation = generation;
    this.#deps = deps;
    const { pin } = deps;
    this.#caller = deps.caller.pinnedTo(
      () => this.#pinned(),
      (call) => pin.during(call),
    );
    forgotten.register(this, deps.pin, deps.pin);
  }

  /** Calls a live function of this generation. @throws LiveswapError `CLOSED` after {@link release} */
  get call(): LiveCall {
    return this.#caller.call;
  }

  /** Runs live data in this generation; see {@link Caller.run}. */
  run<Type extends string = string>(data: LiveDataWire<Type> | string): Promise<LiveHandled<Type>> {
    return this.#caller.run(data);
  }

  /** Returns a caller with these options, whose calls stay in this generation. */
  with(options: CallOptions): Caller {
    return this.#caller.with(options);
  }

  /** Returns the live functions as methods, as `swapper.live` does; their calls stay in this generation. */
  live<Live extends object = LiveTable>(): Live {
    return this.#caller.live<Live>();
  }

  /** Returns a plugin of this generation. @throws LiveswapError `PLUGIN_MISSING` */
  plugin<Functions extends object = UntypedFunctions>(name: string): PluginHandle<Functions> {
    const { pin } = this.#deps;
    return this.generation
      .plugin<Functions>(name)
      .inChain(pinned([], this.generation.id), (call) => pin.during(call));
  }

  /**
   * Releases the generation once the calls in progress have finished; what they call stays in it. Does not wait for them.
   * Idempotent.
   */
  async release(): Promise<void> {
    forgotten.unregister(this.#deps.pin);
    this.#deps.pin.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #pinned(): Generation {
    this.#deps.pin.check();
    this.#deps.check();
    return this.generation;
  }
}
