import { expect, test } from 'vitest';
import { recycling, runChaos } from '../../bench/chaos/chaos.js';

const STEPS = 700;

test.each([
  { seed: 20_260_101, threads: 1, standby: false, recycle: Infinity, ending: 'destroy' },
  { seed: 20_260_202, threads: 2, standby: true, recycle: 60, ending: 'close' },
  { seed: 20_260_303, threads: 3, standby: false, recycle: Infinity, ending: 'close' },
  { seed: 20_260_404, threads: 2, standby: true, recycle: 60, ending: 'destroy' },
] as const)(
  `${STEPS} random steps break no promise (seed $seed, threads $threads, recycled after $recycle calls, then $ending)`,
  async ({ seed, threads, standby, recycle, ending }) => {
    const { violations, calls, generations } = await runChaos({
      seed,
      steps: STEPS,
      swapper: { threads, standby, plugins: recycling(recycle) },
      ending,
    });
    expect(violations, `again: npm run chaos -- --seed ${seed} --steps ${STEPS} --rounds 1`).toEqual([]);
    expect(calls).toBeGreaterThan(STEPS / 2);
    expect(generations).toBeGreaterThan(10);
  },
);
