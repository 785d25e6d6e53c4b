import type { Measurement } from '../harness/measurement.js';
import { judgeMedian } from '../harness/target.js';
import { measureFleets, statingItsEdition, type Fleet } from '../workload/load-and-reload.js';

const MEGABYTE = 2 ** 20;

const fleets: readonly Fleet[] = [
  { title: 'an artifact of 8 MB', plugins: [statingItsEdition('cargo', 8 * MEGABYTE)] },
  { title: 'an artifact of 40 MB', plugins: [statingItsEdition('cargo', 40 * MEGABYTE)], rounds: 3 },
];

export const bigArtifacts: Measurement = {
  name: 'big-artifacts',
  about: 'load and reload of artifacts of 8 and 40 MB, and how long the host stands still meanwhile',
  run: (bench) =>
    measureFleets(bench, fleets, ({ loadHeld, reloadHeld }) => [
      judgeMedian(loadHeld, 'liveswap', { atMost: 20 }),
      judgeMedian(reloadHeld, 'liveswap', { atMost: 20 }),
    ]),
};
