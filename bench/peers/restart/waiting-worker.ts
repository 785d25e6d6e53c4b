import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { EditionPeer } from './edition-peer.js';
import type { NewWorkerOptions } from './new-worker.js';

/** Opens bare workers of which as many wait as the next swap takes: a swap is the import of the artifacts and an answer of each. */
export async function openWaitingWorker(options: Omit<NewWorkerOptions, 'atATime'>): Promise<EditionPeer> {
  const { folder, plugins, threads } = options;
  const wanted = plugins.flatMap((plugin) => Array.from({ length: threads }, () => plugin));
  const boot = (): Promise<Worker[]> => Promise.all(wanted.map(bootWorker));
  let running: Worker[] = [];
  let left: Worker[] = [];
  let waiting = await boot();
  return {
    name: 'waiting Worker',
    swap: async (edition) => {
      left = running;
      running = waiting;
      waiting = [];
      await Promise.all(
        running.map(async (worker, at) => {
          const plugin = wanted[at] as string;
          const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
          worker.postMessage({ url, plugin });
          const [answer] = (await once(worker, 'message')) as [unknown];
          if (answer !== edition) throw new Error(`A worker answered ${String(answer)}, not ${edition}.`);
        }),
      );
    },
    settled: async () => {
      await endAll(left);
      waiting = await boot();
    },
    close: () => endAll([...left, ...running, ...waiting]),
  };
}

async function bootWorker(): Promise<Worker> {
  const worker = new Worker(new URL('waiting-worker-thread.js', import.meta.url));
  await once(worker, 'online');
  return worker;
}

async function endAll(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.terminate()));
}
