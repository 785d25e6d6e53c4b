import { Swapper } from '../../../lib/index.js';
import type { BurstPeer } from './burst-peer.js';

interface LiveFunctions {
  live_toil(ms: number): Promise<void>;
  live_watch(ms: number): Promise<number>;
}

/** Opens the live functions of the plugins in `folder`. */
export async function openLiveswapBursts(folder: string): Promise<BurstPeer> {
  const swapper = new Swapper(folder, { threads: 1 });
  await swapper.load();
  const live = swapper.live<LiveFunctions>();
  return {
    name: 'liveswap',
    toil: (ms) => live.live_toil(ms),
    watch: (ms) => live.live_watch(ms),
    close: () => swapper.close(),
  };
}
