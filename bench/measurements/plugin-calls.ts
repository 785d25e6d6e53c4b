import { interleave } from '../harness/interleave.js';
import type { Comparison, Measurement } from '../harness/measurement.js';
import { openLiveswapRelay } from '../peers/relay/liveswap.js';
import { openWorkerPair } from '../peers/relay/worker-pair.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { courier, herald } from '../workload/plugins.js';

const WARM_UP_MS = 1_000;

export const pluginCalls: Measurement = {
  name: 'plugin-calls',
  about: 'calls from a plugin to another, directly from thread to thread',
  async run(bench) {
    const folder = await buildPlugins(bench.folder, { herald, courier });
    const peers = [
      await openLiveswapRelay(folder),
      openWorkerPair('postMessage', 'messages'),
      openWorkerPair('Comlink', 'comlink'),
    ];
    const comparisons: Comparison[] = [];
    try {
      for (const inFlight of [1, 16, 256]) {
        // V8 compiles a thread's code during the first thousands of calls, which take several times as long.
        for (const peer of peers) await peer.relay(inFlight, WARM_UP_MS);
        const subjects = peers.map((peer) => ({
          name: peer.name,
          sample: () => peer.relay(inFlight, bench.effort.sampleMs),
        }));
        comparisons.push(
          await interleave(bench, subjects, {
            title: `plugin to plugin, ${inFlight} in flight, small object`,
            unit: 'calls/s',
            better: 'higher',
          }),
        );
      }
      return { comparisons, verdicts: [] };
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
    }
  },
};
