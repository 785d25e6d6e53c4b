import { join } from 'node:path';
import type { Comparison, Measurement, Verdict } from '../harness/measurement.js';
import { judgeMedian, judgeRatio } from '../harness/target.js';
import { compareFleet, statingItsEdition, type FleetComparisons } from '../workload/load-and-reload.js';

/** Many plugins, and the times that they are measured: hundreds of threads take seconds to begin. */
const fleets: readonly { readonly plugins: number; readonly rounds?: number }[] = [
  { plugins: 20 },
  { plugins: 150, rounds: 2 },
  { plugins: 500, rounds: 1 },
];

export const manyPlugins: Measurement = {
  name: 'many-plugins',
  about: 'load and reload of 20, 150 and 500 plugins, and how long the host stands still meanwhile',
  async run(bench) {
    const found: FleetComparisons[] = [];
    for (const { plugins, rounds } of fleets) {
      const texts = Array.from({ length: plugins }, (_, at) => statingItsEdition(`squad${at}`, 4_096));
      const folder = join(bench.folder, String(plugins));
      found.push(
        await compareFleet(bench, {
          title: `${plugins} plugins`,
          folder,
          plugins: texts,
          ...(rounds !== undefined && { rounds }),
        }),
      );
    }
    return {
      comparisons: found.flatMap((fleet) => Object.values<Comparison>({ ...fleet })),
      verdicts: found.flatMap(judge),
    };
  },
};

/** Starting threads a few at a time keeps the host free; it must not take longer by more than a tenth. */
function judge({ load, loadHeld, reload, reloadHeld }: FleetComparisons): Verdict[] {
  return [
    judgeRatio(load, 'liveswap', 'new Worker', { atMost: 1.1 }),
    judgeMedian(loadHeld, 'liveswap', { atMost: 20 }),
    judgeRatio(reload, 'liveswap', 'new Worker', { atMost: 1.1 }),
    judgeMedian(reloadHeld, 'liveswap', { atMost: 20 }),
  ];
}
