import autocannon from 'autocannon';
import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import { openLiveswapServer } from '../peers/servers/liveswap.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { barracks } from '../workload/plugins.js';

const PLUGIN = 'herald';
const CONNECTIONS = 64;

export const hello: Measurement = {
  name: 'hello',
  about:
    'an HTTP hello through a live function, against the same server with the function in process, or in a bare worker',
  async run(bench) {
    const folder = await buildPlugins(bench.folder, { [PLUGIN]: barracks(PLUGIN, 1) });
    const servers = [
      await openLiveswapServer({ folder, plugin: PLUGIN, answeredBy: 'liveswap' }),
      await openLiveswapServer({ folder, plugin: PLUGIN, answeredBy: 'in process' }),
      await openLiveswapServer({ folder, plugin: PLUGIN, answeredBy: 'postMessage' }),
      await openLiveswapServer({ folder, plugin: PLUGIN, answeredBy: 'postMessage, one a turn' }),
    ];
    const seconds = Math.max(1, Math.round(bench.effort.sampleMs / 100));
    const subjects = servers.map(({ name, url }) => ({
      name,
      sample: () => requestsPerSecond(url, seconds),
    }));
    try {
      const comparison = await interleave(bench, subjects, {
        title: `HTTP hello, ${CONNECTIONS} connections`,
        unit: 'requests/s',
        better: 'higher',
      });
      return {
        comparisons: [comparison],
        verdicts: [judgeRatio(comparison, 'liveswap', 'in process', { atLeast: 0.9 })],
      };
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  },
};

/**
 * Resolves to the number of requests a second, by autocannon. Its figures are right here, because no connection is closed, and it
 * takes less processor time than a client of Node.
 */
async function requestsPerSecond(url: string, seconds: number): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} without success.`);
  return requests.average;
}
