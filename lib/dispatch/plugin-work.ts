import { AsyncLocalStorage } from 'node:async_hooks';

/** Something that the host does for a plugin which waits for it: a method of the extension, or a call-back. */
export interface PluginWork {
  readonly answered: boolean;
}

const running = new AsyncLocalStorage<PluginWork>();

/** Runs what a plugin waits for: what is called from there is called on its behalf, until that is answered. */
export function runForPlugin<Result>(work: PluginWork, run: () => Result): Result {
  return running.run(work, run);
}

/** Whether a plugin waits for what is running: it must not wait for a place that its own call may hold. */
export function isForPlugin(): boolean {
  return running.getStore()?.answered === false;
}
