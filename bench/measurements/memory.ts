import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement, Subject } from '../harness/measurement.js';
import { slopeOf } from '../harness/statistics.js';
import type { IdleKind, IdleTask } from '../peers/memory/idle-threads.js';
import type { RepeatKind, RepeatTask } from '../peers/memory/repeated-reloads.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { barracks } from '../workload/plugins.js';

const THREADS = 8;
const PLUGIN = 'guardian';

export const memory: Measurement = {
  name: 'memory',
  about: 'what an idle thread takes, and what a reload leaves behind',
  async run(bench) {
    const idle = await compareIdle(bench);
    const slope = await compareSlopes(bench);
    // There is no verdict here: after these few reloads, code is still being compiled. The soak judges a thousand reloads.
    return { comparisons: [idle, slope], verdicts: [] };
  },
};

async function compareIdle(bench: Bench): Promise<Comparison> {
  const folder = await buildPlugins(join(bench.folder, 'idle'), { [PLUGIN]: barracks(PLUGIN, 1) });
  const subject = (name: string, kind: IdleKind): Subject => ({
    name,
    sample: async () => {
      const [mb] = await ask<IdleTask>('idle-threads.js', { kind, folder, plugin: PLUGIN, threads: THREADS });
      return mb as number;
    },
  });
  return interleave(
    bench,
    [subject('liveswap', 'liveswap'), subject('new Worker', 'worker'), subject('Piscina', 'piscina')],
    { title: `an idle thread, of ${THREADS}`, unit: 'MB', better: 'lower', warmUps: 0 },
  );
}

async function compareSlopes(bench: Bench): Promise<Comparison> {
  const reloads = bench.effort.rounds * 20;
  const subject = (name: string, kind: RepeatKind): Subject => ({
    name,
    sample: async () => {
      const folder = await buildPlugins(join(bench.folder, 'slope', kind), {
        [PLUGIN]: barracks(PLUGIN, 60),
      });
      const task: RepeatTask = { kind, folder, plugin: PLUGIN, reloads };
      const heaps = await ask('repeated-reloads.js', task);
      // Code that is compiled and cached at the beginning is no leak.
      return slopeOf(heaps.slice(heaps.length >> 1)) / 1_024;
    },
  });
  return interleave(
    bench,
    [subject('liveswap', 'liveswap'), subject('new Worker', 'worker'), subject("import('?v=')", 'import')],
    {
      title: `heap after each of ${reloads} reloads`,
      unit: 'KB a reload',
      better: 'lower',
      rounds: 1,
      warmUps: 0,
    },
  );
}

/** Runs a script of the peers in a process of its own; resolves to its result. */
async function ask<Task>(script: string, task: Task): Promise<number[]> {
  const entry = fileURLToPath(new URL(`../peers/memory/${script}`, import.meta.url));
  const child = fork(entry, [JSON.stringify(task)], { execArgv: ['--expose-gc'] });
  const [found] = (await once(child, 'message')) as [number[]];
  child.kill();
  await once(child, 'exit');
  return found;
}
