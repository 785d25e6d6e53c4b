import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { artifactFileName } from '../../lib/manifest/artifact.js';
import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Comparison, Findings, Measurement } from '../harness/measurement.js';
import { samplesOf } from '../harness/ratio.js';
import { percentile } from '../harness/statistics.js';
import { judgeFigure } from '../harness/target.js';
import { openCluster } from '../peers/servers/cluster.js';
import { openLiveswapServer } from '../peers/servers/liveswap.js';
import type { ReloadableServer } from '../peers/servers/reloadable-server.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { Edition } from '../workload/editions.js';
import { loadServer, type LoadResult } from '../workload/load.js';
import { barracks } from '../workload/plugins.js';

const CONNECTIONS = 16;
/** Number of reloads, one a second, in each phase of a sample that has reloads. */
const RELOADS = 3;
const PLUGIN = 'guardian';

/** Figures of a server that is left alone, then reloaded once a second, with as many requests as it takes in both. */
interface Sample {
  readonly steady: LoadResult;
  readonly reloading: LoadResult;
}

export const underLoad: Measurement = {
  name: 'under-load',
  about: 'an HTTP server under full load, reloaded once a second: failed requests, p50 and p99',
  async run(bench): Promise<Findings> {
    const folder = await buildPlugins(bench.folder, { [PLUGIN]: barracks(PLUGIN, 60) });
    const edition = new Edition(folder);
    const url = pathToFileURL(join(folder, artifactFileName(PLUGIN))).href;
    const servers = [
      await openLiveswapServer({ folder, plugin: PLUGIN, answeredBy: 'liveswap' }),
      await openCluster({ url, plugin: PLUGIN, processes: 1 }),
    ];
    const subjects = servers.map((server) => ({
      name: server.name,
      sample: () => sampleOf(server, () => edition.publish([PLUGIN])),
    }));
    try {
      return findingsOf(await takeInTurn(bench, subjects, { title: 'under load' }));
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  },
};

async function sampleOf(server: ReloadableServer, publish: () => Promise<unknown>): Promise<Sample> {
  const ms = RELOADS * 1_000;
  const steady = await loadServer(server.url, CONNECTIONS, ms);
  const loading = loadServer(server.url, CONNECTIONS, ms);
  for (let count = 0; count < RELOADS; count++) {
    const second = setTimeout(1_000);
    await publish();
    await server.reload();
    await second;
  }
  return { steady, reloading: await loading };
}

function findingsOf(taken: ReadonlyMap<string, readonly Sample[]>): Findings {
  const figure = (title: string, unit: string, figureOf: (sample: Sample) => number): Comparison =>
    compareFigure(taken, { title, unit, better: 'lower' }, figureOf);
  const failed = figure(
    'failed requests a reload',
    'requests',
    ({ reloading }) => reloading.failed / RELOADS,
  );
  const slowed = figure(
    'p99 while reloading, in steady p99s',
    'x',
    ({ steady, reloading }) => reloading.p99Ms / steady.p99Ms,
  );
  return {
    comparisons: [
      failed,
      slowed,
      figure('p50 steady', 'ms', ({ steady }) => steady.p50Ms),
      figure('p50 while reloading', 'ms', ({ reloading }) => reloading.p50Ms),
      figure('p99 steady', 'ms', ({ steady }) => steady.p99Ms),
      figure('p99 while reloading', 'ms', ({ reloading }) => reloading.p99Ms),
    ],
    verdicts: [
      judgeFigure('reloads under full load: failed', Math.max(...samplesOf(failed, 'liveswap')), 'requests', {
        atMost: 0,
      }),
      judgeFigure(
        'reloads under full load: p99',
        percentile(samplesOf(slowed, 'liveswap'), 0.5),
        'x steady p99',
        { atMost: 1.3 },
      ),
    ],
  };
}
