import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Swapper, type Logger, type SwapperOptions } from '../../lib/index.js';
import { CURRENT, releaseName } from './deploys.js';
import { threadCount } from './left-behind.js';
import { Run, type ChaosResult } from './run.js';

/** Options of a run. */
export interface ChaosOptions {
  /** Seed of the run: the same one makes the same steps, although threads interleave differently. */
  readonly seed: number;
  readonly steps: number;
  readonly swapper?: SwapperOptions;
  /** End of the swapper: closed at rest, or destroyed in the middle of some more steps. Default `close`. */
  readonly ending?: 'close' | 'destroy';
}

/** Options of plugins whose threads are recycled after so many calls. */
export function recycling(calls: number): NonNullable<SwapperOptions['plugins']> {
  const recycle = { calls };
  return { guardian: { recycle }, gate: { recycle }, treasury: { recycle } };
}

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Number of steps that are begun before a swapper is destroyed in the middle of them. */
const LAST_STEPS = 60;

/** Lets everything happen to one swapper at once, and checks every answer against the promises of the swapper. */
export async function runChaos(chaos: ChaosOptions): Promise<ChaosResult> {
  const { seed, steps, swapper: options, ending = 'close' } = chaos;
  const before = threadCount();
  const base = await mkdtemp(join(tmpdir(), 'liveswap-chaos-'));
  await mkdir(join(base, releaseName(1)));
  await symlink(releaseName(1), join(base, CURRENT), 'dir');
  const swapper: Swapper = new Swapper(join(base, CURRENT), {
    threads: 2,
    concurrency: 8,
    maxQueued: 200,
    drainMs: 60_000,
    crashLoop: { crashes: 12, withinMs: 1_500 },
    logger,
    extension: () => run.extension,
    ...options,
  });
  const run = new Run(base, swapper);
  try {
    await run.play(run.pick(seed, steps));
    if (ending === 'close') await swapper.close();
    else await run.cutShort(run.pick(seed + 1, LAST_STEPS));
  } finally {
    await swapper.destroy();
  }
  const result = await run.end(before);
  await rm(base, { recursive: true, force: true });
  return result;
}
