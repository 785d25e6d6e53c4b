import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import { mapLimited } from '../../../lib/core/map-limited.js';
import type { EditionPeer } from './edition-peer.js';

/** Options for bare workers. */
export interface NewWorkerOptions {
  readonly folder: string;
  readonly plugins: readonly string[];
  /** Number of workers for each plugin. */
  readonly threads: number;
  /** How many workers begin, and later end, at the same time. Default: all. */
  readonly atATime?: number;
}

/** Opens bare workers that import the same artifacts: as many as the plugins have threads. */
export function openNewWorker(options: NewWorkerOptions): EditionPeer {
  const { folder, plugins, threads, atATime = plugins.length * threads } = options;
  let running: Worker[] = [];
  let leaving: Promise<unknown> = Promise.resolve();
  const endAll = (workers: readonly Worker[]): Promise<unknown> =>
    mapLimited(workers, atATime, (worker) => worker.terminate());
  return {
    name: 'new Worker',
    swap: async (edition) => {
      const old = running;
      const wanted = plugins.flatMap((plugin) => Array.from({ length: threads }, () => plugin));
      running = await mapLimited(wanted, atATime, async (plugin) => {
        const worker = startWorker(folder, plugin);
        await answerOf(worker, edition);
        return worker;
      });
      leaving = endAll(old);
    },
    settled: async () => {
      await leaving;
    },
    close: async () => {
      await endAll(running);
    },
  };
}

function startWorker(folder: string, plugin: string): Worker {
  const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
  return new Worker(new URL('new-worker-thread.js', import.meta.url), { workerData: { url, plugin } });
}

async function answerOf(worker: Worker, edition: string): Promise<void> {
  worker.postMessage('edition?');
  const [answer] = (await once(worker, 'message')) as [unknown];
  if (answer !== edition) throw new Error(`A worker answered ${String(answer)}, not ${edition}.`);
}
