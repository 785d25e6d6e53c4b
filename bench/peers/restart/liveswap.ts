import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { mapLimited } from '../../../lib/core/map-limited.js';
import { Swapper } from '../../../lib/index.js';
import type { EditionPeer } from './edition-peer.js';

/** More calls at a time would measure how long the threads that this peer wakes keep the host from its core. */
const ASKED_AT_A_TIME = availableParallelism();

/** By then, a standby thread boots even in a busy process: it waits for an idle one, half a second at most. */
const PAUSE_MS = 750;

/** Plugins to reload, and the way to do so. */
export interface LiveswapOptions {
  readonly name: string;
  readonly folder: string;
  readonly plugins: readonly string[];
  readonly threads: number;
  readonly standby: boolean;
}

/** Opens a peer that calls `reload()` and waits until each plugin answers with the new edition. */
export async function openLiveswap(options: LiveswapOptions): Promise<EditionPeer> {
  const { name, folder, plugins, threads, standby } = options;
  const swapper = new Swapper(folder, { threads, standby, keep: 0 });
  await swapper.load();
  return {
    name,
    swap: async (edition) => {
      await swapper.reload();
      await mapLimited(plugins, ASKED_AT_A_TIME, async (plugin) => {
        const answer = await swapper.call(`live_edition_${plugin}`);
        if (answer !== edition) throw new Error(`${plugin} answered ${String(answer)}, not ${edition}.`);
      });
    },
    settled: async () => {
      let before: string;
      let now = stateOf(swapper);
      do {
        before = now;
        await setTimeout(PAUSE_MS);
        now = stateOf(swapper);
      } while (now !== before);
    },
    close: () => swapper.close(),
  };
}

/** Returns the parts that still change after a reload: old versions leave, standby threads come up. */
function stateOf(swapper: Swapper): string {
  const { standbyThreads, plugins } = swapper.stats();
  return JSON.stringify([standbyThreads, plugins.map(({ versions }) => versions.length)]);
}
