import type { Measurement } from '../harness/measurement.js';
import { judgeMedian, judgeRatio } from '../harness/target.js';
import { measureFleets, statingItsEdition, type Fleet } from '../workload/load-and-reload.js';

/** The fleets. Hundreds of threads take seconds to begin, so the large fleets are measured less often. */
const fleets: readonly Fleet[] = [
  { title: '20 plugins', plugins: squads(20) },
  { title: '150 plugins', plugins: squads(150), rounds: 2 },
  { title: '500 plugins', plugins: squads(500), rounds: 1 },
];

export const manyPlugins: Measurement = {
  name: 'many-plugins',
  about: 'load and reload of 20, 150 and 500 plugins, and how long the host stands still meanwhile',
  // Starting threads a few at a time keeps the host free; it must not take longer by more than a tenth.
  run: (bench) =>
    measureFleets(bench, fleets, ({ load, loadHeld, reload, reloadHeld }) => [
      judgeRatio(load, 'liveswap', 'new Worker', { atMost: 1.1 }),
      judgeMedian(loadHeld, 'liveswap', { atMost: 20 }),
      judgeRatio(reload, 'liveswap', 'new Worker', { atMost: 1.1 }),
      judgeMedian(reloadHeld, 'liveswap', { atMost: 20 }),
    ]),
};

function squads(count: number): Fleet['plugins'] {
  return Array.from({ length: count }, (_, at) => statingItsEdition(`squad${at}`, 4_096));
}
