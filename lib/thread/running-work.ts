import { AsyncLocalStorage } from 'node:async_hooks';
import { carrierOf, withCarrier, type Carrier } from '../core/carrier.js';
import { hookTag, joinChains, startTag, workTag, type Chain } from '../core/chain.js';
import type { ThreadTracing, TracedResponse } from '../core/tracing.js';
import type { RunningCall } from '../plugin/host-binding.js';
import type { StartTask } from '../surface/thread-surface.js';
import { runAlone } from './run-alone.js';

/** The work that runs at some point of the code: an answer to a call, or work that the version does by itself. */
interface Work {
  readonly call: RunningCall | undefined;
  /** The chain on whose behalf the work runs. */
  readonly chain: Chain;
  /** True when the work has ended: code that still runs in its context no longer runs on anyone's behalf. */
  readonly isOver?: boolean;
}

/** Knows, anywhere in the code of a thread, which call is being answered, and on whose behalf. */
export class RunningWork {
  readonly #storage = new AsyncLocalStorage<Work>();
  /**
   * The tag of the thread's own work, when the version is exclusive: calls on behalf of that work pass the gates that wait for
   * it.
   */
  #own: Chain = [];
  #tracing: ThreadTracing | undefined;
  #hook: Chain = [];
  #start: Chain = [];
  #takeOver: Chain = [];

  /** Sets the task that the thread runs from now on. */
  begin({ plugin, version, index, exclusive }: StartTask, tracing: ThreadTracing | undefined): void {
    this.#tracing = tracing;
    this.#own = exclusive ? [workTag(plugin, version)] : [];
    this.#hook = [...this.#own, hookTag(plugin, version)];
    this.#start = [...this.#own, startTag(plugin, version, index)];
    this.#takeOver = joinChains(this.#hook, this.#start);
  }

  /** The call that the asking code answers. */
  get call(): RunningCall | undefined {
    return this.#storage.getStore()?.call;
  }

  /** The chain on whose behalf the asking code runs. */
  get chain(): Chain {
    const work = this.#storage.getStore();
    const chain = work && !work.isOver ? work.chain : [];
    return this.#withTrace(this.#own.length === 0 ? chain : joinChains(chain, this.#own));
  }

  /** The carrier of the call on whose behalf the asking code runs. */
  get carrier(): Carrier | undefined {
    return carrierOf(this.#storage.getStore()?.chain ?? []);
  }

  /** Answers a call; a call of HTTP ends with its `response`. */
  answer<Result>(call: RunningCall, chain: Chain, run: () => Result, response?: TracedResponse): Result {
    if (!this.#tracing) return this.#storage.run({ call, chain }, run);
    const answer = (): Result => this.#storage.run({ call, chain }, run);
    return this.#tracing.serve(call.name, carrierOf(chain), answer, response);
  }

  /** Like {@link answer}, for a call that a message has brought: nothing around it has set a context that it needs. */
  answerMessage<Result>(call: RunningCall, chain: Chain, run: () => Result): Result {
    if (this.#tracing) return this.answer(call, chain, run);
    return runAlone(this.#storage, { call, chain }, run);
  }

  /** Calls `method` of another plugin, or of the host, in the chain of the asking code. */
  async ask<Result>(
    plugin: string,
    method: string,
    send: (chain: Chain) => Promise<Result>,
  ): Promise<Result> {
    if (!this.#tracing) return send(this.chain);
    return this.#tracing.call(`${plugin}/${method}`, () => send(this.chain));
  }

  /** Returns the carrier that names the work of the asking code, for live data that is made there. */
  get origin(): Carrier | undefined {
    return this.#tracing?.origin();
  }

  /** Runs a call-back, iterator or stream of this thread: as part of `chain`, and of the chain in which it was made. */
  enter(run: () => unknown, chain: Chain, callback?: string): unknown {
    if (chain.length === 0 && (!this.#tracing || callback === undefined)) return run();
    const work = { call: this.call, chain: joinChains(this.chain, chain) };
    const entered = (): unknown => (chain.length === 0 ? run() : this.#storage.run(work, run));
    if (!this.#tracing || callback === undefined) return entered();
    return this.#tracing.serveCallback(callback, carrierOf(chain), entered);
  }

  /** Runs work that the version does by itself. */
  own<Result>(run: () => Result): Result {
    return this.#storage.run({ call: undefined, chain: this.#own }, run);
  }

  /**
   * Runs a hook with which the version takes over or yields: the calls it makes pass every gate. With `comesUp`, the thread takes
   * the place of a dead one and admits no other calls before the hook ends: those that it waits for may come back here.
   */
  hook<Result>(run: () => Result, comesUp: boolean): Result {
    return this.#storage.run({ call: undefined, chain: comesUp ? this.#takeOver : this.#hook }, run);
  }

  /**
   * Runs a hook with which the thread comes up: calls that it makes and waits for may come back here before the thread admits
   * others.
   */
  async comeUp(run: () => unknown): Promise<void> {
    const work = { call: undefined, chain: this.#start, isOver: false };
    try {
      await this.#storage.run(work, async () => run());
    } finally {
      // Work that the hook has begun goes on, but is no longer part of the hook.
      work.isOver = true;
    }
  }

  /** Returns the chain with a carrier that names what is traced here. */
  #withTrace(chain: Chain): Chain {
    const carrier = this.#tracing?.inject(carrierOf(chain));
    return carrier ? withCarrier(chain, carrier) : chain;
  }

  /** Disables the storage: promises are slower in a thread that keeps the context of an `AsyncLocalStorage`. */
  close(): void {
    this.#storage.disable();
  }
}
