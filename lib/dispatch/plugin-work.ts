import { AsyncLocalStorage } from 'node:async_hooks';
import { noChain, type Chain } from '../core/chain.js';

/** Work of the host that a plugin waits for: a method of the extension, or a call-back. */
export interface PluginWork {
  readonly answered: boolean;
}

/** Work on behalf of a plugin, and the chain of calls to which it belongs. */
interface Running {
  readonly work: PluginWork;
  readonly chain: Chain;
}

const running = new AsyncLocalStorage<Running>();

/** Runs work that a plugin waits for: calls from there are made on its behalf, until the work is answered. */
export function runForPlugin<Result>(work: PluginWork, run: () => Result, chain: Chain): Result {
  return running.run({ work, chain }, run);
}

/** Returns whether a plugin waits for the running code, which must then not wait for a place that its own call may hold. */
export function isForPlugin(): boolean {
  return running.getStore()?.work.answered === false;
}

/** Returns the chain to which the running code belongs. */
export function chainForPlugin(): Chain {
  const store = running.getStore();
  return store?.work.answered === false ? store.chain : noChain;
}
