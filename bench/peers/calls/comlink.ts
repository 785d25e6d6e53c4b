import { Worker } from 'node:worker_threads';
import { transfer, wrap } from 'comlink';
import { roundRobin, type CallPeer } from './call-peer.js';
import type { ComlinkApi } from './comlink-worker.js';
import { nodeEndpoint } from './node-endpoint.js';

/** Opens Comlink as its users do. */
export async function openComlink(threads: number): Promise<CallPeer> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('comlink-worker.js', import.meta.url)),
  );
  const next = roundRobin(workers.map((worker) => wrap<ComlinkApi>(nodeEndpoint(worker))));
  return {
    name: 'Comlink',
    salute: () => next().salute(),
    echo: (value) => next().echo(value),
    move: (buffer) => next().move(transfer(buffer, [buffer])),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
