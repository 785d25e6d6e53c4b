import { hookTag } from '../core/chain.js';
import type { Baton } from '../surface/thread-surface.js';
import { closeGate, openGate, type GateDeps } from './close-gate.js';
import { transferKept } from './kept-transfer.js';
import type { ThreadGroup } from './thread-group.js';
import type { ThreadHandle } from './thread-handle.js';
import type { VersionActivity } from './version-activity.js';

/** Dependencies of {@link takeIn}. */
export interface TakeInDeps extends GateDeps {
  readonly activity: VersionActivity;
  readonly group: Pick<ThreadGroup, 'balancer' | 'connectionOf' | 'serves'>;
  readonly exclusive: boolean;
}

/**
 * Makes a replacement thread take over the activity of its version: from `former`, if that is alive, or else as after a crash.
 * The returned function must be called once the new thread takes calls.
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
    const takesOver = await giveActivity(thread, former, deps);
    return () => {
      takesOver();
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
  const { activity, group } = deps;
  if (former && activity.isActive) {
    try {
      return await handToThread(former, thread, deps);
    } catch (error) {
      // A thread that serves goes on. Nothing more can be retrieved from one that was withdrawn, which may be stuck.
      if (group.serves(former)) throw error;
    }
  }
  await activity.activateThread(thread, 'crash');
  if (thread.death) throw thread.death;
  return () => {};
}

/**
 * Hands the activity and the kept state of a living thread to the thread that takes its place. Where only one thread may run,
 * whatever comes meanwhile waits. The returned function must be called once the new thread takes calls.
 *
 * @throws the failure; the old thread then goes on
 */
async function handToThread(from: ThreadHandle, to: ThreadHandle, deps: TakeInDeps): Promise<() => void> {
  const { activity, exclusive, yieldMs } = deps;
  const open = (): void => {
    if (exclusive) openGate(deps);
  };
  try {
    if (exclusive) await closeGate(from, deps);
    const baton = await yieldOrGoOn(from, activity);
    const takeBack = exclusive ? divertHooks(from, to, deps) : () => {};
    try {
      const limit = { ms: yieldMs, option: 'yieldMs' } as const;
      const mode = { isLenient: false, isRehearsal: false, limit };
      if (activity.keepsState) await transferKept(from, to, mode);
      await activity.activateThread(to, 'recycle', baton);
      if (to.death) throw to.death;
    } catch (error) {
      takeBack();
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

/**
 * Lets calls of the version's hooks reach the thread that takes over, because the other one has yielded. Returns a function that
 * revokes this.
 */
function divertHooks(from: ThreadHandle, to: ThreadHandle, { group }: GateDeps): () => void {
  const [former, next] = [group.connectionOf(from), group.connectionOf(to)];
  if (!former || !next) return () => {};
  const tag = hookTag(to.name.plugin, to.name.version);
  const { admits } = next;
  former.admits = () => false;
  next.admits = (call) => call.chain.includes(tag) || admits?.(call) === true;
  return () => {
    next.admits = admits;
    group.balancer.widen(former);
  };
}

async function yieldOrGoOn(thread: ThreadHandle, activity: VersionActivity): Promise<Baton | undefined> {
  try {
    return await activity.yieldThread(thread, 'recycle');
  } catch (error) {
    // The activation is not awaited, because a stuck thread does not answer.
    activity.activateThread(thread, 'recycle').catch(() => {});
    throw error;
  }
}
