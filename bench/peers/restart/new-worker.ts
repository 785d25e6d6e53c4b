import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { EditionPeer } from './edition-peer.js';

/** Opens bare workers that import the same artifacts: as many as the plugins have threads, all at once. */
export function openNewWorker(folder: string, plugins: readonly string[], threads: number): EditionPeer {
  let running: Worker[] = [];
  let leaving: Promise<unknown> = Promise.resolve();
  return {
    name: 'new Worker',
    swap: async (edition) => {
      const old = running;
      running = plugins.flatMap((plugin) =>
        Array.from({ length: threads }, () => startWorker(folder, plugin)),
      );
      await Promise.all(running.map((worker) => answerOf(worker, edition)));
      leaving = Promise.all(old.map((worker) => worker.terminate()));
    },
    settled: async () => {
      await leaving;
    },
    close: async () => {
      await Promise.all(running.map((worker) => worker.terminate()));
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
