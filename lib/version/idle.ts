import type { LaneSet } from '../dispatch/lane-set.js';
import type { ThreadHandle } from './thread-handle.js';

/** What can be pending on a version. */
interface Busy {
  readonly lanes: LaneSet;
  readonly threads: readonly ThreadHandle[];
}

/** Whether nothing is pending and nothing is held open. */
export function isIdle({ lanes, threads }: Busy): boolean {
  return lanes.pending === 0 && lanes.queued === 0 && threads.every(({ death, held }) => death || held === 0);
}

/** Resolves when nothing is pending and nothing is held open. */
export async function whenIdle(busy: Busy): Promise<void> {
  const { lanes } = busy;
  do {
    await lanes.whenIdle();
    await Promise.all(busy.threads.map((thread) => thread.ask('idle', []).catch(() => {})));
    // An answer that is lost, with all that was pending on its link, says nothing of the thread.
  } while (!isIdle(busy));
}
