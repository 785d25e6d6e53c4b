import { AsyncLocalStorage } from 'node:async_hooks';
import { hookTag, startTag, workTag, type Chain } from '../core/chain.js';
import type { RunningCall } from '../plugin/host-binding.js';
import type { StartTask } from '../surface/thread-surface.js';

/** What runs in a place of the code: a call that is answered, or something that the version does by itself. */
interface Work {
  readonly call: RunningCall | undefined;
  /** On whose behalf. */
  readonly chain: Chain;
  /** What is still going on there does so on nobody's behalf. */
  readonly isOver?: boolean;
}

/** Knows, wherever the code of a thread asks, which call it answers, and on whose behalf it runs. */
export class RunningWork {
  readonly #storage = new AsyncLocalStorage<Work>();
  /** What the thread's own work is known by, when it is exclusive: calls on its behalf pass the gates that wait for it. */
  #own: Chain = [];
  #hook: Chain = [];
  #start: Chain = [];

  /** From now on the thread runs `task`. */
  begin({ plugin, version, index, exclusive }: StartTask): void {
    this.#own = exclusive ? [workTag(plugin, version)] : [];
    this.#hook = [...this.#own, hookTag(plugin, version)];
    this.#start = [...this.#own, startTag(plugin, version, index)];
  }

  /** The call that is answered where the code runs that asks. */
  get call(): RunningCall | undefined {
    return this.#storage.getStore()?.call;
  }

  /** On whose behalf the code runs that asks. */
  get chain(): Chain {
    const work = this.#storage.getStore();
    const chain = work && !work.isOver ? work.chain : [];
    const [own] = this.#own;
    return own === undefined || chain.includes(own) ? chain : [...chain, own];
  }

  answer<Result>(call: RunningCall, chain: Chain, run: () => Result): Result {
    return this.#storage.run({ call, chain }, run);
  }

  /** Runs something that the version does by itself. */
  own<Result>(run: () => Result): Result {
    return this.#storage.run({ call: undefined, chain: this.#own }, run);
  }

  /** Runs a hook with which the version takes over, or yields: what it calls passes every gate. */
  hook<Result>(run: () => Result): Result {
    return this.#storage.run({ call: undefined, chain: this.#hook }, run);
  }

  /** Runs a hook with which the thread comes up: what it calls, and waits for, may come back here before others do. */
  async comeUp(run: () => unknown): Promise<void> {
    const work = { call: undefined, chain: this.#start, isOver: false };
    try {
      await this.#storage.run(work, async () => run());
    } finally {
      // What the hook has begun goes on, and is none of it.
      work.isOver = true;
    }
  }

  /** Promises are slower in a thread that keeps the context of one such storage. */
  close(): void {
    this.#storage.disable();
  }
}
