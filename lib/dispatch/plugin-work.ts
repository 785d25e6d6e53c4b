import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chain } from '../core/chain.js';

/** Something that the host does for a plugin which waits for it: a method of the extension, or a call-back. */
export interface PluginWork {
  readonly answered: boolean;
}

/** What runs on behalf of a plugin, and the chain of calls that it is part of. */
interface Running {
  readonly work: PluginWork;
  readonly chain: Chain;
}

const running = new AsyncLocalStorage<Running>();
const noChain: Chain = [];

/** Runs what a plugin waits for: what is called from there is called on its behalf, until that is answered. */
export function runForPlugin<Result>(work: PluginWork, run: () => Result, chain = noChain): Result {
  return running.run({ work, chain }, run);
}

/** Whether a plugin waits for what is running: it must not wait for a place that its own call may hold. */
export function isForPlugin(): boolean {
  return running.getStore()?.work.answered === false;
}

/** The chain that what is running is part of. */
export function chainForPlugin(): Chain {
  const store = running.getStore();
  return store?.work.answered === false ? store.chain : noChain;
}
