import { Worker } from 'node:worker_threads';
import type { BareWorkerTask } from './bare-worker.js';

const entry = process.argv[2] as string;
let running: Worker[] = [];

process.on('message', async ({ port }: BareWorkerTask) => {
  // The worker before still answers the load of this sample.
  const left = running.splice(0, running.length - 1);
  running.push(new Worker(entry, { env: { ...process.env, PORT: String(port) } }));
  await Promise.all(left.map((worker) => worker.terminate()));
});
