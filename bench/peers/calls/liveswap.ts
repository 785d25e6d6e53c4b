import { Swapper } from '../../../lib/index.js';
import type { CallPeer } from './call-peer.js';

interface LiveFunctions {
  live_salute(): Promise<string>;
  live_echo(value: unknown): Promise<unknown>;
}

/** Opens the live functions of the plugins in `folder`. */
export async function openLiveswap(folder: string, threads: number): Promise<CallPeer> {
  const swapper = new Swapper(folder, { threads });
  await swapper.load();
  const live = swapper.live<LiveFunctions>();
  return {
    name: 'liveswap',
    salute: () => live.live_salute(),
    echo: (value) => live.live_echo(value),
    move: (buffer) => swapper.with({ transfer: [buffer] }).call('live_move', buffer) as Promise<ArrayBuffer>,
    close: () => swapper.close(),
  };
}
