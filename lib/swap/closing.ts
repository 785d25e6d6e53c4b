import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import type { Version } from '../plugin/version.js';

/** What everything rejects with once the swapper takes no more calls. */
export function closedError(): LiveswapError {
  return new LiveswapError('CLOSED', 'This swapper is closed.');
}

/** Lets what is pending finish, all of it first: a job that is still running may call any of the others. */
export async function drainAll(versions: readonly Version[], drainMs: number): Promise<void> {
  const began = performance.now();
  // What is late by then is rejected by the drain of its version.
  await withDeadline(allIdle(versions), drainMs, () => undefined).catch(() => {});
  const leftMs = Math.max(0, drainMs - (performance.now() - began));
  await Promise.all(versions.map((version) => version.drain({ drainMs: leftMs })));
}

/** Ends the threads of every version now, also of those that appear meanwhile. `alive` is read again each time. */
export async function destroyAll(
  alive: ReadonlySet<Version>,
  settled: () => Promise<unknown>,
): Promise<void> {
  const error = closedError();
  do {
    await Promise.all([...alive].map((version) => version.destroy(error)));
    await settled();
  } while (alive.size > 0);
}

async function allIdle(versions: readonly Version[]): Promise<void> {
  do await Promise.all(versions.map((version) => version.whenIdle()));
  while (versions.some((version) => version.lanes.pending > 0));
}
