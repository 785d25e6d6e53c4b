import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LiveswapTask } from './liveswap-server.js';
import { serverOf, type ReloadableServer } from './reloadable-server.js';

/** A server whose requests are answered by a live function, or by the same function in process. */
export function openLiveswapServer(name: string, task: LiveswapTask): Promise<ReloadableServer> {
  const entry = fileURLToPath(new URL('liveswap-server.js', import.meta.url));
  return serverOf(name, fork(entry, [JSON.stringify(task)]));
}
