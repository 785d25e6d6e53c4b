import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClusterMessage, ClusterTask } from './cluster-primary.js';
import { ask } from '../../workload/ask.js';
import type { EditionPeer } from './edition-peer.js';

/** A server of `node:cluster` processes that can be restarted one after the other. */
export interface ClusterServer {
  readonly url: string;
  /** Replaces each process by one with the newest edition; resolves when the last old one has left. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openCluster(task: ClusterTask): Promise<ClusterServer> {
  const primary = fork(fileURLToPath(new URL('cluster-primary.js', import.meta.url)), [JSON.stringify(task)]);
  const { port } = await messageOf(primary, 'listening');
  return {
    url: `http://127.0.0.1:${port}/`,
    restart: async () => {
      primary.send('restart');
      await messageOf(primary, 'restarted');
    },
    close: async () => {
      primary.kill();
      await once(primary, 'exit');
    },
  };
}

/** A rolling restart, until a request is answered with the new edition. */
export async function openClusterPeer(task: ClusterTask): Promise<EditionPeer> {
  const server = await openCluster(task);
  let restarting: Promise<void> = Promise.resolve();
  return {
    name: 'node:cluster',
    swap: async (edition) => {
      restarting = server.restart();
      for (;;) {
        if ((await ask(server.url)) === edition) return;
        await setTimeout(1);
      }
    },
    settled: () => restarting,
    close: () => server.close(),
  };
}

async function messageOf<Kind extends ClusterMessage['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<ClusterMessage, { kind: Kind }>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [ClusterMessage];
    if (message.kind === kind) return message as Extract<ClusterMessage, { kind: Kind }>;
  }
}
