import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serverOf, type ReloadableServer } from './reloadable-server.js';
import type { WebTask } from './web-server.js';

/** Opens a server of a web app, in a process of its own. */
export function openWebServer(task: WebTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('web-server.js', import.meta.url));
  return serverOf(task.answeredBy, fork(entry, [JSON.stringify(task)]));
}
