import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { residentBytes } from '../../workload/resident-bytes.js';
import type { UnchangedFiles } from '../../workload/unchanged-server.js';
import { freePort } from '../../../test/helpers/free-port.js';
import { whenAnswering, type UnchangedServer } from './unchanged.js';

/** The port of a new edition, as a message to the process. */
export interface BareWorkerTask {
  readonly port: number;
}

/**
 * Opens a process that runs each edition of the same server in a bare `new Worker`, on a port of its own. Nothing is handed over,
 * so this is the least that a new edition can take.
 */
export async function openBareWorker({ entry }: UnchangedFiles): Promise<UnchangedServer> {
  const child = fork(fileURLToPath(new URL('bare-worker-process.js', import.meta.url)), [entry]);
  const gone = once(child, 'exit');
  const start = (port: number): string => {
    child.send({ port } satisfies BareWorkerTask);
    return `http://127.0.0.1:${port}/`;
  };
  let url = start(await freePort());
  let next = await freePort();
  await whenAnswering(url);
  return {
    name: 'new Worker',
    get url() {
      return url;
    },
    reload: () => {
      url = start(next++);
    },
    memory: () => residentBytes(child.pid as number),
    close: async () => {
      child.kill();
      await gone;
    },
  };
}
