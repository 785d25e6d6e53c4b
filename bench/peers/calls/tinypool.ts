import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { CallPeer } from './call-peer.js';

const TASKS_A_THREAD = 256;

/** Opens Tinypool, with as many tasks for each thread as Piscina has. */
export async function openTinypool(threads: number): Promise<CallPeer> {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('tinypool-worker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: TASKS_A_THREAD,
  });
  return {
    name: 'Tinypool',
    salute: () => pool.run(undefined, { name: 'salute' }),
    echo: (value) => pool.run(value, { name: 'echo' }),
    move: (buffer) => pool.run(buffer, { name: 'move', transferList: [buffer] }) as Promise<ArrayBuffer>,
    close: () => pool.destroy(),
  };
}
