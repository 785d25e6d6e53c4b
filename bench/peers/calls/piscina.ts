import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { CallPeer } from './call-peer.js';

/**
 * Number of tasks for each thread, more than are ever in flight: with the default of 1, a thread idles until its answer has been
 * read.
 */
const TASKS_A_THREAD = 256;

/** Opens Piscina with the settings that serve it best here. */
export async function openPiscina(threads: number): Promise<CallPeer> {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('piscina-worker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: TASKS_A_THREAD,
    recordTiming: false,
  });
  return {
    name: 'Piscina',
    salute: () => pool.run(undefined, { name: 'salute' }),
    echo: (value) => pool.run(value, { name: 'echo' }),
    move: (buffer) => pool.run(buffer, { name: 'move', transferList: [buffer] }) as Promise<ArrayBuffer>,
    close: () => pool.destroy(),
  };
}
