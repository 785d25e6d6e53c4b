import * as workerThreads from 'node:worker_threads';

/** The module under which the app's own files find `worker_threads`. */
export const MASK_URL = 'liveswap:worker_threads';

const NAMES = new Set(['worker_threads', 'node:worker_threads']);

export function isWorkerThreads(specifier: string): boolean {
  return NAMES.has(specifier);
}

/**
 * Returns `node:worker_threads` for the app's own files: as in a process of their own, they are the main thread and have no
 * parent. Half of all servers would not listen otherwise. Packages see the real module.
 */
export function maskedWorkerThreads(): typeof workerThreads {
  return { ...workerThreads, isMainThread: true, parentPort: null, workerData: null, threadId: 0 };
}

/** Source of a module with the same exports. */
export const maskSource = `import * as workerThreads from 'node:worker_threads';
export * from 'node:worker_threads';
export const isMainThread = true, parentPort = null, workerData = null, threadId = 0;
export default { ...workerThreads.default, isMainThread, parentPort, workerData, threadId };`;
