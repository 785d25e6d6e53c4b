import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LiveswapTask } from './liveswap-server.js';
import { serverOf, type ReloadableServer } from './reloadable-server.js';

/** Opens a server whose requests are answered by a live function, or by an alternative to compare with. */
export function openLiveswapServer(task: LiveswapTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('liveswap-server.js', import.meta.url));
  return serverOf(task.answeredBy, fork(entry, [JSON.stringify(task)]));
}
