import * as workerThreads from 'node:worker_threads';

/** Specifier under which the app's own files find `worker_threads`. */
export const MASK_URL = 'liveswap:worker_threads';

const NAMES = new Set(['worker_threads', 'node:worker_threads']);

export function isWorkerThreads(specifier: string): boolean {
  return NAMES.has(specifier);
}

/**
 * Returns `node:worker_threads` for the app's own files, in which they are the main thread and have no parent, as in a process.
 * Otherwise half of all servers would not listen. Packages see the real module.
 */
export function maskedWorkerThreads(): typeof workerThreads {
  return { ...workerThreads, isMainThread: true, parentPort: null, workerData: null, threadId: 0 };
}

/** Returns the source of a module with the same exports. */
export const maskSource = `import * as workerThreads from 'node:worker_threads';
export * from 'node:worker_threads';
export const isMainThread = true, parentPort = null, workerData = null, threadId = 0;
export default { ...workerThreads.default, isMainThread, parentPort, workerData, threadId };`;
