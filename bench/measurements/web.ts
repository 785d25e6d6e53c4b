import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon, { type Options } from 'autocannon';
import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Verdict } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import type { ReloadableServer } from '../peers/servers/reloadable-server.js';
import { openWebServer } from '../peers/servers/web.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { webApp } from '../workload/web-app.js';
import { compareSockets } from './web-sockets.js';

const PLUGIN = 'web';
const CONNECTIONS = 64;
const STREAMS = 8;
const MEGABYTE = Buffer.alloc(1_048_576, 'x');

const requests: readonly {
  title: string;
  unit: string;
  options: Omit<Options, 'url'>;
  path: string;
  least: number[];
  /** Number of requests until the code of a server is compiled: without them, a quick sample would measure compilation. */
  warmUp: number;
}[] = [
  {
    title: `Hono hello, ${CONNECTIONS} connections`,
    unit: 'requests/s',
    path: '',
    options: { connections: CONNECTIONS },
    least: [0.9, 0.8],
    warmUp: 20_000,
  },
  {
    title: '1 MB down',
    unit: 'MB/s',
    path: 'megabyte',
    options: { connections: STREAMS },
    least: [0.8, 0.8],
    warmUp: 400,
  },
  {
    title: '1 MB up',
    unit: 'MB/s',
    path: 'upload',
    options: { connections: STREAMS, method: 'POST', body: MEGABYTE },
    least: [0.8, 0.8],
    warmUp: 400,
  },
];

export const web: Measurement = {
  name: 'web',
  about:
    'a web app of Hono as a plugin, alone on its port and mounted, against the same app in process and in a bare worker; open WebSockets',
  async run(bench) {
    bench.progress('web: building');
    // The app is bundled with the packages that this repository has installed.
    await symlink(
      fileURLToPath(new URL('../../../node_modules', import.meta.url)),
      join(bench.folder, 'node_modules'),
    );
    const folder = await buildPlugins(bench.folder, { [PLUGIN]: webApp });
    const comparisons: Comparison[] = [];
    const verdicts: Verdict[] = [];
    const kinds = ['liveswap', 'mounted', 'in process', 'bare worker'] as const;
    const servers = await Promise.all(
      kinds.map((answeredBy) => openWebServer({ folder, plugin: PLUGIN, answeredBy })),
    );
    try {
      for (const one of requests) {
        const [comparison, computed] = await compareRequests(bench, servers, one);
        comparisons.push(comparison, computed);
        const [alone = 0, mounted = 0] = one.least;
        verdicts.push(judgeRatio(comparison, 'liveswap', 'in process', { atLeast: alone }));
        verdicts.push(judgeRatio(comparison, 'mounted', 'in process', { atLeast: mounted }));
      }
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
    const sockets = await compareSockets(bench, folder, PLUGIN);
    return {
      comparisons: [...comparisons, ...sockets.comparisons],
      verdicts: [...verdicts, ...sockets.verdicts],
    };
  },
};

/**
 * Compares the number of answers of the servers, and the processor time of an answer, which tells more where others use the
 * cores, too.
 */
async function compareRequests(
  bench: Bench,
  servers: readonly ReloadableServer[],
  { title, unit, options, path, warmUp }: (typeof requests)[number],
): Promise<[answered: Comparison, computed: Comparison]> {
  const duration = Math.max(1, Math.round(bench.effort.sampleMs / 100));
  for (const { name, url } of servers) {
    bench.progress(`${title}: warming up: ${name}`);
    await autocannon({ ...options, url: url + path, amount: warmUp });
  }
  const subjects = servers.map((server) => ({
    name: server.name,
    async sample() {
      const url = server.url + path;
      const before = await server.computed();
      const { requests: made, non2xx, errors } = await autocannon({ ...options, url, duration });
      if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} without success.`);
      return { perSecond: made.average, micros: ((await server.computed()) - before) / made.total };
    },
  }));
  const taken = await takeInTurn(bench, subjects, { title });
  return [
    compareFigure(taken, { title, unit, better: 'higher' }, ({ perSecond }) => perSecond),
    compareFigure(
      taken,
      { title: `${title}: processor time of the server for each`, unit: 'µs', better: 'lower' },
      ({ micros }) => micros,
    ),
  ];
}
