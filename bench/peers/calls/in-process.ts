import type { CallPeer } from './call-peer.js';

/** Runs the functions in this thread, with their arguments and results cloned: the cost of isolation without a thread. */
export async function openInProcess(): Promise<CallPeer> {
  return {
    name: 'in process, cloned',
    salute: async () => structuredClone('Hail'),
    echo: async (value) => structuredClone(structuredClone(value)),
    move: async (buffer) => {
      const there = structuredClone(buffer, { transfer: [buffer] });
      return structuredClone(there, { transfer: [there] });
    },
    close: async () => {},
  };
}
