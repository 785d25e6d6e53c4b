import type { CallPeer } from './call-peer.js';
import { openComlink } from './comlink.js';
import { openInProcess } from './in-process.js';
import { openLiveswap } from './liveswap.js';
import { openPiscina } from './piscina.js';
import { openPostMessage } from './post-message.js';
import { openTinypool } from './tinypool.js';
import { openWorkerpool } from './workerpool.js';

/** Opens every way to call a function in another thread, liveswap first; `folder` holds its plugins. */
export function openCallPeers(folder: string, threads: number): Promise<CallPeer[]> {
  return Promise.all([
    openLiveswap(folder, threads),
    openPostMessage(threads),
    openComlink(threads),
    openPiscina(threads),
    openTinypool(threads),
    openWorkerpool(threads),
    openInProcess(),
  ]);
}
