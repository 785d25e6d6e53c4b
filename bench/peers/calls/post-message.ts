import { Worker } from 'node:worker_threads';
import { roundRobin, type CallPeer } from './call-peer.js';
import type { Answer } from './post-message-worker.js';

type Settle = (value: unknown) => void;

const entry = new URL('post-message-worker.js', import.meta.url);

/**
 * Opens a bare `postMessage` and a map of promises: the least that a call can be, and the floor for the others. It lacks what a
 * call needs: errors, deaths, deadlines and routing.
 */
export async function openPostMessage(threads: number): Promise<CallPeer> {
  const workers = Array.from({ length: threads }, () => openWorker(entry));
  const next = roundRobin(workers);
  return {
    name: 'postMessage',
    salute: () => next().call('salute', undefined),
    echo: (value) => next().call('echo', value),
    move: (buffer) => next().call('move', buffer, [buffer]) as Promise<ArrayBuffer>,
    close: async () => {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}

/** Starts a worker that answers each `{ id, name, value }` by `{ id, value }`. */
export function openWorker(url: URL): {
  worker: Worker;
  call(name: string, value: unknown, transfer?: ArrayBuffer[]): Promise<unknown>;
} {
  const worker = new Worker(url);
  const pending = new Map<number, Settle>();
  let last = 0;
  worker.on('message', ({ id, value }: Answer) => {
    pending.get(id)?.(value);
    pending.delete(id);
  });
  return {
    worker,
    call: (name, value, transfer) =>
      new Promise((resolve) => {
        pending.set(++last, resolve);
        worker.postMessage({ id: last, name, value }, transfer);
      }),
  };
}
