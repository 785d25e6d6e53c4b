import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerMessage } from './reloadable-server.js';

/** Task of the processes. */
export interface ClusterTask {
  /** `file:` URL of an artifact whose `live_edition_<plugin>` answers requests. */
  readonly url: string;
  readonly plugin: string;
  readonly processes: number;
}

const task = JSON.parse(process.argv[2] as string) as ClusterTask;
cluster.setupPrimary({
  exec: fileURLToPath(new URL('cluster-process.js', import.meta.url)),
  args: [task.url, task.plugin],
});
const tell = (message: ServerMessage): boolean | undefined => process.send?.(message);

let port = 0;
let workers: Worker[] = [];
for (let index = 0; index < task.processes; index++) workers.push(await start());
tell({ kind: 'listening', port });

process.on('message', async () => {
  const old = workers;
  workers = [];
  const left: Promise<unknown>[] = [];
  // Processes are replaced one by one, the new one before the old one, so that as many as ever serve.
  for (const leaving of old) {
    workers.push(await start());
    left.push(once(leaving, 'exit'));
    leaving.send('drain');
  }
  await Promise.all(left);
  tell({ kind: 'reloaded' });
});
process.on('disconnect', () => process.exit());

async function start(): Promise<Worker> {
  const worker = cluster.fork();
  const [address] = (await once(worker, 'listening')) as [{ port: number }];
  port = address.port;
  return worker;
}
