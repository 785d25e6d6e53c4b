import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { RelayPeer } from './relay-peer.js';
import type { PairTask, RelayTask } from './worker-pair-thread.js';

/** Opens two bare workers with a port between them, for plain messages or Comlink. */
export function openWorkerPair(name: string, protocol: PairTask['protocol']): RelayPeer {
  const { port1, port2 } = new MessageChannel();
  const start = (task: PairTask): Worker =>
    new Worker(new URL('worker-pair-thread.js', import.meta.url), {
      workerData: task,
      transferList: [task.port],
    });
  const caller = start({ protocol, role: 'caller', port: port1 });
  const callee = start({ protocol, role: 'callee', port: port2 });
  return {
    name,
    relay: async (inFlight, ms) => {
      caller.postMessage({ inFlight, ms } satisfies RelayTask);
      const [perSecond] = (await once(caller, 'message')) as [number];
      return perSecond;
    },
    close: async () => {
      await Promise.all([caller.terminate(), callee.terminate()]);
    },
  };
}
