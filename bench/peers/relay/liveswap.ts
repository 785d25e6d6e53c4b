import { Swapper } from '../../../lib/index.js';
import type { RelayPeer } from './relay-peer.js';

/** Opens a plugin that calls another one, thread to thread; the host only starts it. */
export async function openLiveswapRelay(folder: string): Promise<RelayPeer> {
  const swapper = new Swapper(folder);
  await swapper.load();
  return {
    name: 'liveswap',
    relay: (inFlight, ms) => swapper.call('live_relay', inFlight, ms) as Promise<number>,
    close: () => swapper.close(),
  };
}
