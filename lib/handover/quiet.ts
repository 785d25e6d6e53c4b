import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import { namesOf, unfinishedIn } from '../version/unfinished-work.js';
import type { Version } from '../version/version.js';

/**
 * Resolves when nothing runs in any of `versions`: calls, runs of `every`, promises given to `waitUntil`. Read-only calls are not
 * awaited, nor are those whose callers have given up when only they are left after `yieldMs`. `held` resolves when no work that
 * was on its way to them can begin any more.
 *
 * @throws LiveswapError `YIELD_TIMEOUT` with the `calls`
 */
export async function whenQuiet(
  versions: readonly Version[],
  yieldMs: number,
  held: Promise<unknown>,
): Promise<void> {
  const late = new LiveswapError('YIELD_TIMEOUT', '');
  let isHeld = false;
  const quiet = held.then(() => {
    isHeld = true;
    return allQuiet(versions);
  });
  try {
    await withDeadline(quiet, yieldMs, () => late);
  } catch (error) {
    if (error !== late) throw error;
    const isWaitedFor = (call: Call): boolean => !call.answered;
    if (!isHeld || !versions.every((version) => isQuiet(version, isWaitedFor)))
      throw await yieldTimeout(versions, yieldMs);
  }
}

/** Waits until all versions are quiet at once: a call that ended in one may have begun another call elsewhere. */
async function allQuiet(versions: readonly Version[]): Promise<void> {
  do {
    await Promise.all(
      versions.map(async (version) => {
        await version.balancer.whenNonePending(version.isChanging);
        await version.activity.whenQuiet();
      }),
    );
  } while (!versions.every((version) => isQuiet(version)));
}

function isQuiet(version: Version, isMeant: (call: Call) => boolean = () => true): boolean {
  const isBusy = version.balancer.hasPending((call) => version.isChanging(call) && isMeant(call));
  return !isBusy && version.threads.every(({ death, gauge }) => death || gauge.running === 0);
}

async function yieldTimeout(versions: readonly Version[], yieldMs: number): Promise<LiveswapError> {
  const threads = versions.flatMap((version) =>
    version.threads.filter(({ death }) => !death).map((thread) => ({ version, thread })),
  );
  const running = threads.reduce((sum, { thread }) => sum + thread.gauge.running, 0);
  const unfinished = await Promise.all(
    threads.map(({ version, thread }) =>
      unfinishedIn(thread, version.group.connectionOf(thread), version.isChanging),
    ),
  );
  const calls = unfinished.flat();
  const what =
    calls.length > 0
      ? `${calls.length} calls (${namesOf(calls)})`
      : `${running} requests, runs of every or promises of waitUntil`;
  return new LiveswapError(
    'YIELD_TIMEOUT',
    `Cannot hand over: ${what} have not ended after ${yieldMs} ms; end them when context.yielding is aborted, mark functions that only read @readonly, or raise yieldMs.`,
    { calls, running, yieldMs },
  );
}
