import { expect, test } from 'vitest';
import { runAppChaos } from '../../bench/chaos/app/run-app-chaos.js';

const STEPS = 20;

test.each([
  { seed: 20_261_101, threads: 1 },
  { seed: 20_261_202, threads: 2 },
])(
  `${STEPS} releases, rollbacks, refusals and crashes of an app under load cut only what a crash must cut, and leave nothing (seed $seed, threads $threads)`,
  async ({ seed, threads }) => {
    const { violations, requests } = await runAppChaos({ seed, steps: STEPS, threads });
    expect(violations).toEqual([]);
    expect(requests).toBeGreaterThan(STEPS);
  },
);
