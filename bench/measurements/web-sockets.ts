import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Verdict } from '../harness/measurement.js';
import { judgeFigure, judgeRatio } from '../harness/target.js';
import type { ReloadableServer } from '../peers/servers/reloadable-server.js';
import { openWebServer } from '../peers/servers/web.js';
import { Edition } from '../workload/editions.js';
import { openSockets, type OpenSockets } from '../workload/open-sockets.js';

const ECHO_LANES = 64;
/** Number of echoes until the code of server and client is compiled. */
const WARM_UP_ECHOES = 40_000;
const RELOADS = 20;
/** Number of sockets that stay open; fewer in a quick run. */
const SOCKETS = { quick: 1_000, thorough: 10_000 };

interface Opened {
  readonly name: string;
  readonly server: ReloadableServer;
  readonly sockets: OpenSockets;
  /** Kilobytes of the server's memory that one socket has taken. */
  readonly kilobytes: number;
}

/** Compares echoes of sockets among many open ones, the memory of each, and the number that a series of reloads closes. */
export async function compareSockets(
  bench: Bench,
  folder: string,
  plugin: string,
): Promise<{ comparisons: Comparison[]; verdicts: Verdict[] }> {
  const count = bench.effort.sampleMs > 100 ? SOCKETS.thorough : SOCKETS.quick;
  const opened: Opened[] = [];
  try {
    for (const answeredBy of ['liveswap', 'in process', 'bare worker'] as const) {
      bench.progress(`web: opening ${count} sockets, ${answeredBy}`);
      const server = await openWebServer({ folder, plugin, answeredBy });
      const before = await server.memory();
      const sockets = await openSockets(server.url, count);
      const kilobytes = ((await server.memory()) - before) / count / 1_024;
      opened.push({ name: answeredBy, server, sockets, kilobytes });
    }
    const memory = opened.map(({ name, kilobytes }) => ({ name, samples: [kilobytes] }));
    const [echo, computed] = await compareEchoes(bench, opened, `${ECHO_LANES} of ${count} sockets`);
    const lost = await reloadAll(bench, new Edition(folder), plugin, opened[0] as Opened);
    return {
      comparisons: [
        echo,
        computed,
        { title: 'memory of an open WebSocket', unit: 'KB', better: 'lower', results: memory },
      ],
      verdicts: [
        judgeRatio(echo, 'liveswap', 'in process', { atLeast: 0.8 }),
        judgeFigure(`sockets closed by ${RELOADS} reloads`, lost, `of ${count}`, { atMost: 0 }),
      ],
    };
  } finally {
    await Promise.all(opened.map(({ sockets }) => sockets.close()));
    await Promise.all(opened.map(({ server }) => server.close()));
  }
}

async function compareEchoes(
  bench: Bench,
  opened: readonly Opened[],
  of: string,
): Promise<[answered: Comparison, computed: Comparison]> {
  const title = `WebSocket echo, ${of}`;
  for (const { name, sockets } of opened) {
    bench.progress(`${title}: warming up: ${name}`);
    for (let made = 0; made < WARM_UP_ECHOES;) made += (await sockets.echo(ECHO_LANES, 500)).echoes;
  }
  const subjects = opened.map(({ name, server, sockets }) => ({
    name,
    async sample() {
      const before = await server.computed();
      const { echoes, perSecond } = await sockets.echo(ECHO_LANES, bench.effort.sampleMs * 5);
      return { perSecond, micros: ((await server.computed()) - before) / echoes };
    },
  }));
  const taken = await takeInTurn(bench, subjects, { title });
  return [
    compareFigure(taken, { title, unit: 'echoes/s', better: 'higher' }, ({ perSecond }) => perSecond),
    compareFigure(
      taken,
      { title: `${title}: processor time of the server for each`, unit: 'µs', better: 'lower' },
      ({ micros }) => micros,
    ),
  ];
}

/** Replaces the code behind the sockets again and again. Returns the number of sockets that this has closed. */
async function reloadAll(
  bench: Bench,
  edition: Edition,
  plugin: string,
  { server, sockets }: Opened,
): Promise<number> {
  let lost = 0;
  for (let reload = 1; reload <= RELOADS; reload++) {
    bench.progress(`web: reload ${reload} of ${RELOADS}`);
    await edition.publish([plugin]);
    await server.reload();
    ({ lost } = await sockets.echo(ECHO_LANES, 20));
  }
  return lost;
}
