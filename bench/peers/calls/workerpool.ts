import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import type { CallPeer } from './call-peer.js';

/** Opens workerpool, which gives a thread one task at a time, without a setting for that. */
export async function openWorkerpool(threads: number): Promise<CallPeer> {
  const pool = workerpool.pool(fileURLToPath(new URL('workerpool-worker.js', import.meta.url)), {
    minWorkers: threads,
    maxWorkers: threads,
    workerType: 'thread',
  });
  const run = async (name: string, args: unknown[], transfer?: object[]): Promise<unknown> =>
    pool.exec(name, args, transfer && { transfer });
  return {
    name: 'workerpool',
    salute: () => run('salute', []),
    echo: (value) => run('echo', [value]),
    move: (buffer) => run('move', [buffer], [buffer]) as Promise<ArrayBuffer>,
    close: async () => {
      await pool.terminate();
    },
  };
}
