import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LiveswapTask } from './liveswap-server.js';
import { serverOf, type ReloadableServer } from './reloadable-server.js';

/** A server whose requests are answered by a live function, or by what that is compared with. */
export function openLiveswapServer(task: LiveswapTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('liveswap-server.js', import.meta.url));
  return serverOf(task.answeredBy, fork(entry, [JSON.stringify(task)]));
}
