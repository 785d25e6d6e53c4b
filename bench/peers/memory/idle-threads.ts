import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { Swapper } from '../../../lib/index.js';
import { artifactFileName } from '../../../lib/manifest/artifact.js';

export type IdleKind = 'liveswap' | 'worker' | 'piscina';

/** The kind of threads to start, and their number. */
export interface IdleTask {
  readonly kind: IdleKind;
  /** Folder of the artifacts. */
  readonly folder: string;
  readonly plugin: string;
  readonly threads: number;
}

/** Milliseconds after which sizes have settled, once threads are up. */
const SETTLE_MS = 500;

const task = JSON.parse(process.argv[2] as string) as IdleTask;
const { folder, plugin, threads } = task;

const start: Readonly<Record<IdleKind, (count: number) => Promise<unknown>>> = {
  liveswap: (count) => new Swapper(folder, { threads: count, standby: false }).load(),
  worker: (count) => Promise.all(Array.from({ length: count }, startWorker)),
  piscina: async (count) => {
    const filename = fileURLToPath(new URL('../calls/piscina-worker.js', import.meta.url));
    const pool = new Piscina({ filename, minThreads: count, maxThreads: count });
    await Promise.all(Array.from({ length: count * 4 }, () => pool.run(undefined, { name: 'salute' })));
  },
};

// The first thread brings whatever all of them share.
await start[task.kind](1);
const before = await settledRss();
await start[task.kind](threads);
const after = await settledRss();
process.send?.([(after - before) / threads / 2 ** 20]);

async function startWorker(): Promise<void> {
  const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
  const worker = new Worker(new URL('../restart/new-worker-thread.js', import.meta.url), {
    workerData: { url, plugin },
  });
  worker.postMessage('edition?');
  await once(worker, 'message');
}

async function settledRss(): Promise<number> {
  await setTimeout(SETTLE_MS);
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
