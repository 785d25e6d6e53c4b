import { join } from 'node:path';
import autocannon, { type Options } from 'autocannon';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement } from '../harness/measurement.js';
import { samplesOf } from '../harness/ratio.js';
import { judgeFigure, judgeRatio } from '../harness/target.js';
import { openUnchanged } from '../peers/servers/unchanged.js';
import { LARGE_BYTES, writeUnchangedServer } from '../workload/unchanged-server.js';
import { compareSwaps } from './app-swaps.js';

const CONNECTIONS = 64;

export const app: Measurement = {
  name: 'app',
  about:
    'an unchanged server under liveswap start, node, node --watch, pm2, a careful node:cluster, bare workers',
  hasOverview: true,
  async run(bench) {
    const [hello, ...speed] = await compareSpeed(bench);
    const { deploy, failed, ...others } = await compareSwaps(bench);
    return {
      comparisons: [hello, ...speed, deploy, failed, others.memory, ...others.saves],
      verdicts: [
        judgeRatio(hello, 'liveswap start', 'node', { atLeast: 0.9 }),
        judgeRatio(deploy, 'liveswap start', 'new Worker', { atMost: 1.5 }),
        judgeFigure(
          'requests failed by a deploy under liveswap start',
          Math.max(...samplesOf(failed, 'liveswap start')),
          'requests',
          { atMost: 0 },
        ),
      ],
    };
  },
};

async function compareSpeed(bench: Bench): Promise<[hello: Comparison, ...others: Comparison[]]> {
  const files = await writeUnchangedServer(join(bench.folder, 'speed'));
  const servers = [await openUnchanged('liveswap start', files), await openUnchanged('node', files)];
  // The same server with its sockets in another thread, and nothing else: texts only, so not for large bytes.
  const floor = await openUnchanged('bytes to a thread', files);
  const rate = (title: string, unit: string, options: Omit<Options, 'url'>, path = '', scale = 1) =>
    interleave(
      bench,
      [...servers, ...(path === '' ? [floor] : [])].map(({ name, url }) => ({
        name,
        sample: async () => (await requestsPerSecond(bench, { ...options, url: url + path })) * scale,
      })),
      { title, unit, better: 'higher' },
    );
  try {
    const megabytes = LARGE_BYTES / 1e6;
    return [
      await rate(`hello, ${CONNECTIONS} connections`, 'requests/s', { connections: CONNECTIONS }),
      await rate('hello, one connection', 'requests/s', { connections: 1 }),
      await rate('10 MB down, one connection', 'MB/s', { connections: 1 }, 'large', megabytes),
    ];
  } finally {
    await Promise.all([...servers, floor].map((server) => server.close()));
  }
}

async function requestsPerSecond(bench: Bench, options: Options): Promise<number> {
  const duration = Math.max(1, Math.round(bench.effort.sampleMs / 100));
  const { requests, non2xx, errors } = await autocannon({ ...options, duration });
  if (non2xx > 0 || errors > 0)
    throw new Error(`${options.url}: ${errors} errors, ${non2xx} without success.`);
  return requests.average;
}
