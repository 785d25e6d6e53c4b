import { join } from 'node:path';
import type { Comparison, Measurement, Verdict } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import { compareFleet, statingItsEdition } from '../workload/load-and-reload.js';

const sizes: readonly { readonly megabytes: number; readonly rounds?: number }[] = [
  { megabytes: 8 },
  { megabytes: 40, rounds: 3 },
];

export const bigArtifacts: Measurement = {
  name: 'big-artifacts',
  about: 'load and reload of artifacts of 8 and 40 MB, and how long the host stands still meanwhile',
  async run(bench) {
    const comparisons: Comparison[] = [];
    const verdicts: Verdict[] = [];
    for (const { megabytes, rounds } of sizes) {
      const found = await compareFleet(bench, {
        title: `an artifact of ${megabytes} MB`,
        folder: join(bench.folder, String(megabytes)),
        plugins: [statingItsEdition('cargo', megabytes * 1_024 * 1_024)],
        ...(rounds !== undefined && { rounds }),
      });
      comparisons.push(...Object.values<Comparison>({ ...found }));
      verdicts.push(judgeMedian(found.loadHeld, 'liveswap', { atMost: 20 }));
      verdicts.push(judgeMedian(found.reloadHeld, 'liveswap', { atMost: 20 }));
    }
    return { comparisons, verdicts };
  },
};
