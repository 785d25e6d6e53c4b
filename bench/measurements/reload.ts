import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifactFileName } from '../../lib/manifest/artifact.js';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement } from '../harness/measurement.js';
import { judgeMedian, judgeRatio } from '../harness/target.js';
import type { EditionPeer } from '../peers/restart/edition-peer.js';
import { editionsOf } from '../peers/restart/http-server.js';
import { openLiveswap } from '../peers/restart/liveswap.js';
import { openNewWorker } from '../peers/restart/new-worker.js';
import { openWaitingWorker } from '../peers/restart/waiting-worker.js';
import { openCluster } from '../peers/servers/cluster.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { Edition } from '../workload/editions.js';
import { barracks } from '../workload/plugins.js';

/** Number of modules in a plugin: about 45 KB of code, and a source map of twice that. */
const FILES = 60;

/** One table: the plugins that are reloaded at once. */
interface Case {
  readonly plugins: number;
  readonly threads: number;
}

const cases: readonly Case[] = [
  { plugins: 1, threads: 1 },
  { plugins: 1, threads: 4 },
  { plugins: 20, threads: 1 },
];

export const reload: Measurement = {
  name: 'reload',
  about: 'from reload() to the first answer of the new version, with and without standby',
  async run(bench) {
    const comparisons: Comparison[] = [];
    for (const one of cases) comparisons.push(await compare(bench, one));
    const [small, , many] = comparisons as [Comparison, Comparison, Comparison];
    return {
      comparisons,
      verdicts: [
        judgeMedian(small, 'liveswap', { atMost: 6 }),
        judgeRatio(small, 'without standby', 'new Worker', { atMost: 1.3 }),
        judgeRatio(many, 'liveswap', 'new Worker', { atMost: 1 }),
      ],
    };
  },
};

async function compare(bench: Bench, { plugins: count, threads }: Case): Promise<Comparison> {
  const plugins = Array.from({ length: count }, (_, index) => `barracks${index}`);
  const sources = Object.fromEntries(plugins.map((name) => [name, barracks(name, FILES)]));
  const title = `reload ${nOf(count, 'plugin')} of ${nOf(threads, 'thread')}`;
  bench.progress(`${title}: building`);
  const folder = await buildPlugins(join(bench.folder, `${count}-${threads}`), sources);
  const [first] = plugins as [string];
  const peers = [
    await openLiveswap({ name: 'liveswap', folder, plugins, threads, standby: true }),
    await openLiveswap({ name: 'without standby', folder, plugins, threads, standby: false }),
    openNewWorker({ folder, plugins, threads }),
    // The least that a thread on standby can take.
    ...(count === 1 ? [await openWaitingWorker({ folder, plugins, threads })] : []),
    // A process has one thread that serves, and holds all plugins.
    editionsOf(
      await openCluster({
        url: pathToFileURL(join(folder, artifactFileName(first))).href,
        plugin: first,
        processes: threads,
      }),
    ),
  ];
  const edition = new Edition(folder);
  const subjects = peers.map((peer) => ({
    name: peer.name,
    sample: async () => swapOnce(peer, await edition.publish(plugins)),
  }));
  try {
    // One plugin is reloaded quickly, so many samples cost little.
    const rounds = bench.effort.rounds * (count === 1 ? 4 : 1);
    return await interleave(bench, subjects, { title, unit: 'ms', better: 'lower', rounds, warmUps: 2 });
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

async function swapOnce(peer: EditionPeer, edition: string): Promise<number> {
  const began = performance.now();
  await peer.swap(edition);
  const ms = performance.now() - began;
  await peer.settled();
  return ms;
}

function nOf(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
