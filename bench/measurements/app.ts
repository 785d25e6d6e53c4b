import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Options } from 'autocannon';
import { compareFigure, interleave, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Subject } from '../harness/measurement.js';
import { judgeFigure, judgeRatio } from '../harness/target.js';
import { openUnchanged, type UnchangedServer } from '../peers/servers/unchanged.js';
import { ask } from '../workload/ask.js';
import { loadServer } from '../workload/load.js';
import { editionText, LARGE_BYTES, writeUnchangedServer } from '../workload/unchanged-server.js';

const CONNECTIONS = 64;
/** A restarted server has settled by then. */
const PAUSE_MS = 1_000;
const LOAD_MS = 2_000;

export const app: Measurement = {
  name: 'app',
  about: 'an unchanged server under liveswap start, node, node --watch and a careful node:cluster',
  async run(bench) {
    const speed = await compareSpeed(bench);
    const swaps = await compareSwaps(bench);
    const [hello] = speed as [Comparison, ...Comparison[]];
    const failed = swaps.failed.results.find(({ name }) => name === 'liveswap start')?.samples ?? [];
    return {
      comparisons: [...speed, ...swaps.comparisons],
      verdicts: [
        judgeRatio(hello, 'liveswap start', 'node', { atLeast: 0.9 }),
        judgeFigure('requests failed by a deploy under liveswap start', Math.max(...failed), 'requests', {
          atMost: 0,
        }),
      ],
    };
  },
};

async function compareSpeed(bench: Bench): Promise<Comparison[]> {
  const { entry } = await writeUnchangedServer(join(bench.folder, 'speed'));
  const servers = [await openUnchanged('liveswap start', entry), await openUnchanged('node', entry)];
  const rate = (title: string, unit: string, options: Omit<Options, 'url'>, path = '', scale = 1) =>
    interleave(
      bench,
      servers.map(({ name, url }) => ({
        name,
        sample: async () => (await requestsPerSecond(bench, { ...options, url: url + path })) * scale,
      })),
      { title, unit, better: 'higher' },
    );
  try {
    const hello = await rate(`hello, ${CONNECTIONS} connections`, 'requests/s', { connections: CONNECTIONS });
    const one = await rate('hello, one connection', 'requests/s', { connections: 1 });
    const large = await rate(
      '10 MB down, one connection',
      'MB/s',
      { connections: 1 },
      'large',
      LARGE_BYTES / 1e6,
    );
    return [hello, one, large, await compareMemory('memory', servers)];
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** Of all the processes of each server, as they are after the samples. */
async function compareMemory(title: string, servers: readonly UnchangedServer[]): Promise<Comparison> {
  const results = await Promise.all(
    servers.map(async (server) => ({ name: server.name, samples: [(await server.memory()) / 2 ** 20] })),
  );
  return { title, unit: 'MB', better: 'lower', results };
}

async function requestsPerSecond(bench: Bench, options: Options): Promise<number> {
  const duration = Math.max(1, Math.round(bench.effort.sampleMs / 100));
  const { requests, non2xx, errors } = await autocannon({ ...options, duration });
  if (non2xx > 0 || errors > 0)
    throw new Error(`${options.url}: ${errors} errors, ${non2xx} without success.`);
  return requests.average;
}

/** From a save, or a deploy that is told of, to the first answer of the new code; and the requests that fail meanwhile. */
async function compareSwaps(bench: Bench): Promise<{ comparisons: Comparison[]; failed: Comparison }> {
  const comparisons: Comparison[] = [];
  let failed: Comparison | undefined;
  for (const [title, ways] of [
    ['save to first new answer', ['liveswap dev', 'node --watch']],
    ['deploy to first new answer', ['liveswap start', 'node:cluster']],
  ] as const) {
    const subjects: (Subject<Swap> & { readonly server: UnchangedServer })[] = [];
    for (const way of ways) {
      const files = await writeUnchangedServer(join(bench.folder, way.replaceAll(/\W/g, '-')));
      const server = await openUnchanged(way, way === 'node:cluster' ? files.cluster : files.entry);
      subjects.push(swapOf(server, files.edited));
    }
    try {
      const samples = await takeInTurn(bench, subjects, { title });
      comparisons.push(compareFigure(samples, { title, unit: 'ms', better: 'lower' }, ({ ms }) => ms));
      failed = compareFigure(
        samples,
        { title: `requests failed, ${title.split(' ')[0]}`, unit: 'requests', better: 'lower' },
        (swap) => swap.failed,
      );
      const memory = `memory, ${title.split(' ')[0]}`;
      comparisons.push(
        failed,
        await compareMemory(
          memory,
          subjects.map(({ server }) => server),
        ),
      );
    } finally {
      await Promise.all(subjects.map(({ server }) => server.close()));
    }
  }
  return { comparisons, failed: failed as Comparison };
}

interface Swap {
  readonly ms: number;
  readonly failed: number;
}

function swapOf(
  server: UnchangedServer,
  edited: string,
): Subject<Swap> & { readonly server: UnchangedServer } {
  let edition = 1;
  return {
    name: server.name,
    server,
    sample: async () => {
      await sleep(PAUSE_MS);
      const load = loadServer(server.url, 8, LOAD_MS);
      await sleep(LOAD_MS / 10);
      const began = performance.now();
      // In place: `node --watch` does not notice every save by rename.
      await writeFile(edited, editionText(++edition));
      if (server.name === 'liveswap start' || server.name === 'node:cluster') server.reload();
      while ((await ask(server.url).catch(() => '')) !== `EDITION-${edition}`) await sleep(1);
      const ms = performance.now() - began;
      return { ms, failed: (await load).failed };
    },
  };
}
