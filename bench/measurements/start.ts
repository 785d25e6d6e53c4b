import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Measurement, Subject } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import type { Start, StartKind, StartTask } from '../peers/start/first-answer.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { herald } from '../workload/plugins.js';

const kinds: readonly { readonly name: string; readonly kind: StartKind }[] = [
  { name: 'liveswap', kind: 'liveswap' },
  { name: 'Piscina', kind: 'piscina' },
  { name: 'new Worker', kind: 'worker' },
];

export const start: Measurement = {
  name: 'start',
  about: 'importing the package, and from there to the first answer of a small plugin, in a new process',
  async run(bench) {
    bench.progress('building');
    const folder = await buildPlugins(join(bench.folder, 'herald'), { herald });
    const subjects = kinds.map(({ name, kind }): Subject<Start> => ({
      name,
      sample: () => startOf({ kind, folder }),
    }));
    const taken = await takeInTurn(bench, subjects, { title: 'start', rounds: bench.effort.rounds * 2 });
    const imported = compareFigure(
      taken,
      { title: 'import', unit: 'ms', better: 'lower' },
      (sample) => sample.imported,
    );
    const answered = compareFigure(
      taken,
      { title: 'import to the first answer', unit: 'ms', better: 'lower' },
      (sample) => sample.answered,
    );
    return {
      comparisons: [imported, answered],
      verdicts: [
        judgeMedian(imported, 'liveswap', { atMost: 45 }),
        judgeMedian(answered, 'liveswap', { atMost: 120 }),
      ],
    };
  },
};

async function startOf(task: StartTask): Promise<Start> {
  const entry = fileURLToPath(new URL('../peers/start/first-answer.js', import.meta.url));
  const child = fork(entry, [JSON.stringify(task)], { execArgv: [] });
  const [found] = (await once(child, 'message')) as [Start];
  await once(child, 'exit');
  return found;
}
