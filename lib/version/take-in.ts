import { hookTag, workTag } from '../core/chain.js';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import type { Balancer } from '../dispatch/balancer.js';
import type { Baton } from '../surface/thread-surface.js';
import { transferKept } from './kept-transfer.js';
import type { ThreadHandle } from './thread-handle.js';
import type { VersionActivity } from './version-activity.js';

/** Dependencies of {@link takeIn}. */
export interface TakeInDeps {
  readonly activity: VersionActivity;
  readonly balancer: () => Balancer;
  readonly exclusive: boolean;
  readonly yieldMs: number;
  /** Returns whether a thread takes calls. */
  readonly serves: (thread: ThreadHandle) => boolean;
}

/**
 * Makes a replacement thread take over the activity of its version: from `former`, if that is alive, or else as after a crash. The
 * returned function must be called once the new thread takes calls.
 *
 * @throws the failure of the new thread; `former` then goes on, if it takes calls
 */
export async function takeIn(
  thread: ThreadHandle,
  former: ThreadHandle | undefined,
  deps: TakeInDeps,
): Promise<() => void> {
  const endTurn = await deps.activity.takeTurn();
  try {
    const openGate = await giveActivity(thread, former, deps);
    return () => {
      openGate();
      endTurn();
    };
  } catch (error) {
    endTurn();
    throw error;
  }
}

async function giveActivity(
  thread: ThreadHandle,
  former: ThreadHandle | undefined,
  deps: TakeInDeps,
): Promise<() => void> {
  const { activity, serves } = deps;
  if (former && activity.isActive) {
    try {
      return await handToThread(former, thread, deps);
    } catch (error) {
      // A thread that serves goes on. Nothing more can be retrieved from one that was withdrawn, which may be stuck.
      if (serves(former)) throw error;
    }
  }
  await activity.activateThread(thread, 'crash');
  if (thread.death) throw thread.death;
  return () => {};
}

/**
 * Hands the activity and the kept state of a living thread to the thread that takes its place. Where only one may run, calls wait
 * meanwhile. The returned function must be called once the new thread takes calls.
 *
 * @throws the failure; the old thread then goes on
 */
async function handToThread(
  from: ThreadHandle,
  to: ThreadHandle,
  { activity, balancer, exclusive, yieldMs }: TakeInDeps,
): Promise<() => void> {
  const open = (): void => {
    if (exclusive) balancer().openGate();
  };
  try {
    if (exclusive) await closeGate(from, balancer(), yieldMs);
    const baton = await yieldOrGoOn(from, activity);
    try {
      if (activity.keepsState) await transferKept(from, to, { isLenient: false, isRehearsal: false });
      await activity.activateThread(to, 'recycle', baton);
      if (to.death) throw to.death;
    } catch (error) {
      await activity.activateThread(from, 'recycle', baton);
      throw error;
    }
  } catch (error) {
    from.ask('resume', []).catch(() => {});
    open();
    throw error;
  }
  return open;
}

async function yieldOrGoOn(thread: ThreadHandle, activity: VersionActivity): Promise<Baton | undefined> {
  try {
    return await activity.yieldThread(thread, 'recycle');
  } catch (error) {
    // Not awaited: a stuck thread does not answer.
    activity.activateThread(thread, 'recycle').catch(() => {});
    throw error;
  }
}

/**
 * Returns whether a caller still waits for a call: a thread that leaves because of abandoned calls must not be held up by them.
 */
function isAwaited({ answered }: Call): boolean {
  return !answered;
}

async function closeGate(thread: ThreadHandle, balancer: Balancer, yieldMs: number): Promise<void> {
  const { plugin, version } = thread.name;
  const own = [workTag(plugin, version), hookTag(plugin, version)];
  balancer.closeGate(({ chain }) => chain.some((tag) => own.includes(tag)));
  thread.ask('beginYield', []).catch(() => {});
  const quiet = async (): Promise<void> => {
    do {
      await balancer.whenNonePending(isAwaited);
      await thread.ask('quiet', []);
    } while (balancer.hasPending(isAwaited));
  };
  await withDeadline(quiet(), yieldMs, () => {
    const message = `Cannot recycle thread ${thread.name.thread} of ${plugin}@${version}: what runs in it has not ended after ${yieldMs} ms.`;
    return new LiveswapError('YIELD_TIMEOUT', message, { ...thread.name, yieldMs });
  });
}
