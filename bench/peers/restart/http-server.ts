import { setTimeout } from 'node:timers/promises';
import { ask } from '../../workload/ask.js';
import type { ReloadableServer } from '../servers/reloadable-server.js';
import type { EditionPeer } from './edition-peer.js';

/** Returns a peer that reloads a server until a request is answered with the new edition. */
export function editionsOf(server: ReloadableServer): EditionPeer {
  let reloading: Promise<void> = Promise.resolve();
  return {
    name: server.name,
    swap: async (edition) => {
      reloading = server.reload();
      while ((await ask(server.url)) !== edition) await setTimeout(1);
    },
    settled: () => reloading,
    close: () => server.close(),
  };
}
