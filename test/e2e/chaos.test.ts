import { expect, test } from 'vitest';
import { runChaos } from '../../bench/chaos/chaos.js';

const STEPS = 700;

test.each([
  { seed: 20_260_101, threads: 1, standby: false },
  { seed: 20_260_202, threads: 2, standby: true },
  { seed: 20_260_303, threads: 3, standby: false },
])(
  `${STEPS} random steps break no promise (seed $seed, threads $threads)`,
  async ({ seed, threads, standby }) => {
    const { violations, calls, generations } = await runChaos({
      seed,
      steps: STEPS,
      swapper: { threads, standby },
    });
    expect(violations, `again: npm run chaos -- --seed ${seed} --steps ${STEPS} --rounds 1`).toEqual([]);
    expect(calls).toBeGreaterThan(STEPS / 2);
    expect(generations).toBeGreaterThan(10);
  },
  120_000,
);
