import { join } from 'node:path';
import { Swapper } from '../../lib/index.js';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Subject } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { Edition, EDITION } from '../workload/editions.js';
import { PROCESSOR_TIME, processorTimeOf } from '../workload/processor-time.js';

/** State that a plugin keeps while it hands over. */
interface Kept {
  readonly name: string;
  readonly objects: number;
  readonly megabytes: number;
}

const kept: readonly Kept[] = [
  { name: 'nothing kept', objects: 0, megabytes: 0 },
  { name: '1,000 players', objects: 1_000, megabytes: 0 },
  { name: '10,000 players', objects: 10_000, megabytes: 0 },
  { name: '100,000 players', objects: 100_000, megabytes: 0 },
  { name: '1 MB of numbers', objects: 0, megabytes: 1 },
  { name: '10 MB of numbers', objects: 0, megabytes: 10 },
  { name: '100 MB of numbers', objects: 0, megabytes: 100 },
];

/** A world of players, each with a place of its own, and of numbers. */
const world = `
  import { definePlugin, kept } from 'liveswap/plugin';
  class Place { x = 0; y = 0; }
  class Player { name = ''; score = 0; place = new Place(); }
  const players = kept('players', () => new Map<string, Player>());
  const numbers = kept('numbers', () => [] as Float64Array[]);
  export const live_edition = () => '${EDITION}';
  export function live_fill(count: number, megabytes: number): number {
    for (let at = 0; at < count; at++) players.set(\`player \${at}\`, Object.assign(new Player(), { score: at }));
    if (megabytes > 0) numbers.push(new Float64Array(megabytes * 131_072));
    return players.size;
  }
  export default definePlugin({});
`;

const answering = (exclusive: boolean): string => `
  import { definePlugin } from 'liveswap/plugin';
  export const live_add = (one: number, other: number) => one + other;
  export default definePlugin({ exclusive: ${exclusive} });
`;

export const handover: Measurement = {
  name: 'handover',
  about: 'how long calls to an exclusive plugin wait at a release, by what it keeps, and what its calls cost',
  async run(bench) {
    const calls = await compareCalls(bench);
    return {
      comparisons: [calls, await comparePauses(bench)],
      verdicts: [judgeRatio(calls, 'exclusive', 'plain', { atMost: 1.05 })],
    };
  },
};

async function comparePauses(bench: Bench): Promise<Comparison> {
  const title = 'pause of an exclusive plugin';
  bench.progress(`${title}: building`);
  const peers = await Promise.all(
    kept.map(async (one, index) => {
      const folder = await buildPlugins(join(bench.folder, `world-${index}`), {
        world: { 'index.ts': world },
      });
      const swapper = new Swapper(folder, { yieldMs: 60_000 });
      await swapper.load();
      await swapper.call('live_fill', one.objects, one.megabytes);
      return { swapper, subject: pauseOf(one.name, swapper, new Edition(folder)) };
    }),
  );
  const subjects = peers.map(({ subject }) => subject);
  try {
    return await interleave(bench, subjects, { title, unit: 'ms', better: 'lower' });
  } finally {
    await Promise.all(peers.map(({ swapper }) => swapper.close()));
  }
}

function pauseOf(name: string, swapper: Swapper, edition: Edition): Subject {
  return {
    name,
    async sample() {
      await edition.publish(['world']);
      const handedOver = new Promise<number>((resolve) => {
        const stop = swapper.on('handedOver', ({ ms }) => {
          stop();
          resolve(ms.pause);
        });
      });
      await swapper.reload();
      return handedOver;
    },
  };
}

/** Compares processor time, because the noise of the clock would hide a difference between two calls that take the same way. */
async function compareCalls(bench: Bench): Promise<Comparison> {
  const open = async (name: string, exclusive: boolean): Promise<{ swapper: Swapper; subject: Subject }> => {
    const sources = { [name]: { 'index.ts': answering(exclusive) } };
    const folder = await buildPlugins(join(bench.folder, name), sources);
    const swapper = new Swapper(folder, { standby: false });
    await swapper.load();
    const add = (index: number): Promise<unknown> => swapper.call('live_add', index, 1);
    return { swapper, subject: { name, sample: () => processorTimeOf(add) } };
  };
  const peers = [await open('exclusive', true), await open('plain', false)];
  try {
    const subjects = peers.map(({ subject }) => subject);
    const rounds = 5 * bench.effort.rounds;
    return await interleave(bench, subjects, {
      title: PROCESSOR_TIME,
      unit: 'µs',
      better: 'lower',
      rounds,
      warmUps: 5,
    });
  } finally {
    await Promise.all(peers.map(({ swapper }) => swapper.close()));
  }
}
