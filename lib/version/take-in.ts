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
  /** Resolves when no other hand-over has gates closed, to a function that lets the next one close its own. */
  readonly takeGates: () => Promise<() => void>;
}

/**
 * Makes a replacement thread take over the activity of its version: from `former`, if that is alive, or else as after a crash.
 * The returned function must be called once the new thread takes calls.
 *
 * @throws the failure of the new thread; `former` then goes on, if it is alive
 */
export async function takeIn(
  thread: ThreadHandle,
  former: ThreadHandle | undefined,
  deps: TakeInDeps,
): Promise<() => void> {
  const { activity, exclusive, group } = deps;
  // The hand-over of another plugin may wait for the calls of a thread that was withdrawn. Whoever has the turn must not wait for
  // gates: what runs behind them may wait for a thread that waits for this turn.
  const letOthers = former && exclusive && group.serves(former) ? await takeGates(former, deps) : () => {};
  // With nothing to begin, a thread has nothing to wait for. Calls do.
  const needsTurn = former !== undefined || exclusive || activity.isAwaited;
  const endTurn = needsTurn ? await activity.takeTurn() : () => {};
  const end = (): void => {
    endTurn();
    letOthers();
  };
  try {
    const takesOver = await giveActivity(thread, former, deps);
    return () => {
      takesOver();
      end();
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** Resolves when gates may be closed, or the thread has died behind which one would be. */
async function takeGates(former: ThreadHandle, deps: TakeInDeps): Promise<() => void> {
  const taken = deps.takeGates();
  await Promise.race([taken, former.dead]);
  return () => void taken.then((give) => give());
}

async function giveActivity(
  thread: ThreadHandle,
  former: ThreadHandle | undefined,
  deps: TakeInDeps,
): Promise<() => void> {
  const { activity } = deps;
  if (former && !former.death && activity.isActive) return handToThread(former, thread, deps);
  // It died while its turn was awaited.
  if (former?.death) await activity.pourLatest(thread);
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
  const { activity, exclusive } = deps;
  const open = (): void => {
    if (exclusive) openGate(deps);
  };
  try {
    const { cause, baton, takeBack } = await takeFrom(from, to, deps).catch((error: unknown) =>
      takeNothing(from, to, deps, error),
    );
    try {
      await activity.activateThread(to, cause, baton);
      if (to.death) throw to.death;
    } catch (error) {
      takeBack();
      if (!from.death) await activity.activateThread(from, 'recycle', baton);
      throw error;
    }
  } catch (error) {
    from.ask('resume', []).catch(() => {});
    open();
    throw error;
  }
  return open;
}

/** What one thread of a version hands to another one. */
interface Handed {
  readonly cause: 'recycle' | 'crash';
  readonly baton: Baton | undefined;
  /** Lets the calls of hooks reach the old thread again. */
  readonly takeBack: () => void;
}

/** Makes a thread yield, and moves what it keeps. @throws the failure; the thread is then active */
async function takeFrom(from: ThreadHandle, to: ThreadHandle, deps: TakeInDeps): Promise<Handed> {
  const { activity, exclusive, yieldMs } = deps;
  const late = exclusive ? await lateWorkIn(from, deps) : undefined;
  const baton = await yieldOrGoOn(from, deps);
  const takeBack = exclusive ? divertHooks(from, to, deps) : () => {};
  try {
    const limit = { ms: yieldMs, option: 'yieldMs' } as const;
    const mode = { isLenient: false, isRehearsal: false, limit };
    if (activity.keepsState && !(await transferKept(from, to, mode))) await activity.pourLatest(to);
  } catch (error) {
    takeBack();
    await goOn(from, deps, baton);
    throw error;
  }
  // It would change a state that nobody reads any more.
  if (late) from.crash(late);
  // A thread that died instead of yielding has handed over nothing.
  return { cause: from.death && !baton ? 'crash' : 'recycle', baton, takeBack };
}

/**
 * Gives up what a thread has that does not hand it over: a thread that was withdrawn may be stuck. Where only one thread may run,
 * it ends: it might go on beside the new one.
 *
 * @throws `error` for a thread that serves, and goes on
 */
async function takeNothing(
  from: ThreadHandle,
  to: ThreadHandle,
  { activity, group, exclusive }: TakeInDeps,
  error: unknown,
): Promise<Handed> {
  if (group.serves(from)) throw error;
  if (exclusive) from.crash(error);
  await activity.pourLatest(to);
  return { cause: 'crash', baton: undefined, takeBack: () => {} };
}

/** Closes the gate. Resolves to the reason why work still runs in a thread that was withdrawn. @throws it for one that serves */
async function lateWorkIn(from: ThreadHandle, deps: TakeInDeps): Promise<unknown> {
  try {
    await closeGate(from, deps);
    return undefined;
  } catch (error) {
    if (from.death || deps.group.serves(from)) throw error;
    return error;
  }
}

/**
 * Lets calls of the version's hooks reach the thread that takes over, because the other one has yielded. Returns a function that
 * revokes this.
 */
function divertHooks(from: ThreadHandle, to: ThreadHandle, { group }: GateDeps): () => void {
  const [former, next] = [group.connectionOf(from), group.connectionOf(to)];
  if (!next) return () => {};
  const tag = hookTag(to.name.plugin, to.name.version);
  const { admits } = next;
  if (former) former.admits = () => false;
  next.admits = (call) => call.chain.includes(tag) || admits?.(call) === true;
  return () => {
    next.admits = admits;
    if (former) group.balancer.widen(former);
  };
}

async function yieldOrGoOn(thread: ThreadHandle, deps: TakeInDeps): Promise<Baton | undefined> {
  try {
    return await deps.activity.yieldThread(thread, 'recycle');
  } catch (error) {
    // Whatever waits must not reach a thread that is not active again; one that is stuck would not answer it either.
    await goOn(thread, deps).catch(() => {});
    throw error;
  }
}

/** Activates a thread again that has yielded in vain, unless another one takes its place all the same. */
async function goOn(thread: ThreadHandle, { activity, group }: TakeInDeps, baton?: Baton): Promise<void> {
  if (group.serves(thread)) await activity.activateThread(thread, 'recycle', baton);
}
