import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import { secondsOf } from '../workload/seconds-of.js';
import { writeTypedSources } from '../workload/typed-sources.js';

const FILES = 100;

export const check: Measurement = {
  name: 'check',
  about: 'liveswap check of a plugin of 100 files, from nothing; against tsc, which knows only types',
  async run(bench) {
    const { plugin, tsc, liveswap } = await writeTypedSources(bench.folder, FILES);
    const comparison = await interleave(
      bench,
      [
        { name: 'liveswap check', sample: () => secondsOf([...liveswap, 'check', plugin]) },
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
