import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon, { type Options } from 'autocannon';
import { compareFigure, interleave, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Verdict } from '../harness/measurement.js';
import { judgeFigure, judgeRatio } from '../harness/target.js';
import type { ReloadableServer } from '../peers/servers/reloadable-server.js';
import { openWebServer } from '../peers/servers/web.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { Edition } from '../workload/editions.js';
import { openSockets } from '../workload/open-sockets.js';
import { webApp } from '../workload/web-app.js';

const PLUGIN = 'web';
const CONNECTIONS = 64;
const STREAMS = 8;
const MEGABYTE = Buffer.alloc(1_048_576, 'x');
const ECHO_LANES = 64;
const RELOADS = 20;
/** Sockets that stay open; fewer where a run has to be quick. */
const SOCKETS = { quick: 1_000, thorough: 10_000 };

const requests: readonly {
  title: string;
  unit: string;
  options: Omit<Options, 'url'>;
  path: string;
  least: number[];
}[] = [
  {
    title: `Hono hello, ${CONNECTIONS} connections`,
    unit: 'requests/s',
    path: '',
    options: { connections: CONNECTIONS },
    least: [0.9, 0.8],
  },
  {
    title: '1 MB down',
    unit: 'MB/s',
    path: 'megabyte',
    options: { connections: STREAMS },
    least: [0.8, 0.8],
  },
  {
    title: '1 MB up',
    unit: 'MB/s',
    path: 'upload',
    options: { connections: STREAMS, method: 'POST', body: MEGABYTE },
    least: [0.8, 0.8],
  },
];

export const web: Measurement = {
  name: 'web',
  about:
    'a web app of Hono as a plugin, alone on its port and mounted, against the same app in process; open WebSockets',
  async run(bench) {
    bench.progress('web: building');
    // The app is bundled with what this repository has installed.
    await symlink(
      fileURLToPath(new URL('../../../node_modules', import.meta.url)),
      join(bench.folder, 'node_modules'),
    );
    const folder = await buildPlugins(bench.folder, { [PLUGIN]: webApp });
    const comparisons: Comparison[] = [];
    const verdicts: Verdict[] = [];
    const kinds = ['liveswap', 'mounted', 'in process'] as const;
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
    const sockets = await compareSockets(bench, folder);
    return {
      comparisons: [...comparisons, ...sockets.comparisons],
      verdicts: [...verdicts, ...sockets.verdicts],
    };
  },
};

/** Compares how much the servers answer, and what an answer costs them: that says more where others use the cores, too. */
async function compareRequests(
  bench: Bench,
  servers: readonly ReloadableServer[],
  { title, unit, options, path }: (typeof requests)[number],
): Promise<[answered: Comparison, computed: Comparison]> {
  const duration = Math.max(1, Math.round(bench.effort.sampleMs / 100));
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

/** Echoes of sockets among many that are open, what each takes of memory, and how many a series of reloads closes. */
async function compareSockets(
  bench: Bench,
  folder: string,
): Promise<{ comparisons: Comparison[]; verdicts: Verdict[] }> {
  const count = bench.effort.sampleMs > 100 ? SOCKETS.thorough : SOCKETS.quick;
  const opened = [];
  const memory: { name: string; samples: number[] }[] = [];
  for (const answeredBy of ['liveswap', 'in process'] as const) {
    bench.progress(`web: opening ${count} sockets, ${answeredBy}`);
    const server = await openWebServer({ folder, plugin: PLUGIN, answeredBy });
    const before = await server.memory();
    const sockets = await openSockets(server.url, count);
    memory.push({ name: answeredBy, samples: [((await server.memory()) - before) / count / 1_024] });
    opened.push({ name: answeredBy, server, sockets });
  }
  try {
    const subjects = opened.map(({ name, sockets }) => ({
      name,
      sample: async () => (await sockets.echo(ECHO_LANES, bench.effort.sampleMs * 5)).perSecond,
    }));
    const title = `WebSocket echo, ${ECHO_LANES} of ${count} sockets`;
    const echo = await interleave(bench, subjects, { title, unit: 'echoes/s', better: 'higher' });
    const [liveswap] = opened;
    const edition = new Edition(folder);
    let lost = count;
    for (let reload = 1; reload <= RELOADS; reload++) {
      bench.progress(`web: reload ${reload} of ${RELOADS}`);
      await edition.publish([PLUGIN]);
      await liveswap?.server.reload();
      lost = (await liveswap?.sockets.echo(ECHO_LANES, 20))?.lost ?? count;
    }
    return {
      comparisons: [
        echo,
        { title: 'memory of an open WebSocket', unit: 'KB', better: 'lower', results: memory },
      ],
      verdicts: [
        judgeRatio(echo, 'liveswap', 'in process', { atLeast: 0.8 }),
        judgeFigure(`sockets closed by ${RELOADS} reloads`, lost, `of ${count}`, {
          atMost: 0,
        }),
      ],
    };
  } finally {
    await Promise.all(opened.map(({ sockets }) => sockets.close()));
    await Promise.all(opened.map(({ server }) => server.close()));
  }
}
