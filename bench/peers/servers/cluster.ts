import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClusterTask } from './cluster-primary.js';
import { serverOf, type ReloadableServer } from './reloadable-server.js';

/** `node:cluster`: processes that are replaced one after the other, with all the care that can be taken. */
export function openCluster(task: ClusterTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('cluster-primary.js', import.meta.url));
  return serverOf('node:cluster', fork(entry, [JSON.stringify(task)]));
}
