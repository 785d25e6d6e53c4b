import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClusterTask } from './cluster-primary.js';
import { serverOf, type ReloadableServer } from './reloadable-server.js';

/** Opens `node:cluster` with processes that are replaced one after the other, with all possible care. */
export function openCluster(task: ClusterTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('cluster-primary.js', import.meta.url));
  return serverOf('node:cluster', fork(entry, [JSON.stringify(task)]));
}
