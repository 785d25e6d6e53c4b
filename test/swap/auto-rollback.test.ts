import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { AutoRollback, type AutoRollbackDeps } from '../../lib/swap/auto-rollback.js';
import type { RollbackChange } from '../../lib/swap/change.js';
import type { Version } from '../../lib/version/version.js';

const young = { isYoung: true } as Version;

/** Lets an {@link AutoRollback} handle one version that failed. Resolves to the changes that it ran. */
async function changesAfter(
  version: Version,
  deps: Partial<AutoRollbackDeps> = {},
): Promise<RollbackChange[]> {
  const changes: RollbackChange[] = [];
  let queued: Promise<unknown> = Promise.resolve();
  const rollback = new AutoRollback({
    isEnabled: true,
    canLeave: () => true,
    enqueue: (run) => (queued = run()),
    ...deps,
    run: async (change) => {
      changes.push(change);
      return deps.run?.(change);
    },
  });
  rollback.onFailed(version);
  await queued.catch(() => {});
  return changes;
}

test('a young version that crash-loops is left for a release without its bytes', async () => {
  expect(await changesAfter(young)).toEqual([{ reason: 'rollback', failed: young }]);
});

test('an old version is not left, nor is any when that is not wanted', async () => {
  expect(await changesAfter({ isYoung: false } as Version)).toEqual([]);
  expect(await changesAfter(young, { isEnabled: false })).toEqual([]);
});

test('nothing is rolled back when an earlier change in the queue has replaced the version', async () => {
  let isCurrent = true;
  const replaceFirst: AutoRollbackDeps['enqueue'] = (run) => {
    isCurrent = false;
    return run();
  };
  expect(await changesAfter(young, { canLeave: () => isCurrent, enqueue: replaceFirst })).toEqual([]);
});

test('state that cannot move back is dropped, because the version that has it does not run', async () => {
  const changes = await changesAfter(young, {
    run: async ({ kept }) => {
      if (kept === 'drop') return;
      const cause = new LiveswapError('LIVE_DATA_MISMATCH', 'swords is no number');
      throw new LiveswapError('RELOAD_FAILED', 'no way back', { cause });
    },
  });
  expect(changes.map(({ kept }) => kept)).toEqual([undefined, 'drop']);
});

test('any other failure ends the attempt', async () => {
  const changes = await changesAfter(young, {
    run: async () => {
      throw new LiveswapError('RELOAD_FAILED', 'no way back');
    },
  });
  expect(changes).toHaveLength(1);
});
