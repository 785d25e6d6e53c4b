import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import { secondsOf, type Command } from '../workload/seconds-of.js';
import { firstTime, writeTypedSources } from '../workload/typed-sources.js';

const FILES = 100;

export const check: Measurement = {
  name: 'check',
  about:
    'liveswap check of a plugin of 100 files, from nothing and again, with a snapshot of the compiler and without; against tsc, which knows only types',
  async run(bench) {
    const { folder, plugin, tsc, liveswap, withSnapshot, withoutSnapshot } = await writeTypedSources(
      bench.folder,
      FILES,
    );
    const command: Command = [...liveswap, 'check', plugin];
    const comparison = await interleave(
      bench,
      [
        { name: 'liveswap check', sample: () => firstTime(command, folder, withSnapshot) },
        { name: 'the same again', sample: () => secondsOf(command, folder, withSnapshot) },
        { name: 'without a snapshot', sample: () => firstTime(command, folder, withoutSnapshot) },
        { name: 'tsc --noEmit', sample: () => secondsOf(tsc) },
      ],
      { title: `cold check of ${FILES} files`, unit: 's', better: 'lower' },
    );
    return {
      comparisons: [comparison],
      verdicts: [judgeRatio(comparison, 'liveswap check', 'tsc --noEmit', { atMost: 1.25 })],
    };
  },
};
