import { hookTag, isInAnyHook, workTag } from '../core/chain.js';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import type { IsChanging } from './changing-calls.js';
import type { OutsideWork } from './outside-work.js';
import { namesOf, unfinishedIn } from './unfinished-work.js';
import type { ThreadGroup } from './thread-group.js';
import type { ThreadHandle } from './thread-handle.js';
import { Upbringing, type ComingVersion } from './upbringing.js';

/** Dependencies of {@link closeGate}. */
export interface GateDeps {
  readonly group: Pick<ThreadGroup, 'balancer' | 'connectionOf'>;
  readonly outsideWork: Pick<OutsideWork, 'setGated'>;
  readonly isChanging: IsChanging;
  readonly yieldMs: number;
  /** All versions, whose hooks the gate may hold up. */
  readonly versions: () => Iterable<ComingVersion>;
}

/**
 * Closes the gate of an exclusive version whose thread hands over to another one. Resolves when nothing runs in the thread that may
 * change something. Calls whose callers have given up are not awaited: they may be why the thread leaves.
 *
 * @throws LiveswapError `YIELD_TIMEOUT`
 */
export async function closeGate(thread: ThreadHandle, deps: GateDeps): Promise<void> {
  const { group, outsideWork, isChanging, yieldMs, versions } = deps;
  const late = new LiveswapError('YIELD_TIMEOUT', '');
  const { plugin, version } = thread.name;
  const [work, hook] = [workTag(plugin, version), hookTag(plugin, version)];
  // What runs may wait for a thread that comes up in another version, and whose hooks call this one.
  group.balancer.closeGate(({ chain }) => chain.includes(work) || isInAnyHook(chain));
  const held = outsideWork.setGated(true);
  thread.ask('beginYield', []).catch(() => {});
  const connection = group.connectionOf(thread);
  let isOver = false;
  const isAwaited: IsChanging = (call) => !isOver && isChanging(call);
  const quiet = async (): Promise<void> => {
    await held;
    do {
      await connection?.whenQuiet(isAwaited);
      await thread.ask('quiet', []);
    } while (!isOver && (connection?.isQuiet(isAwaited) === false || thread.gauge.running > 0));
  };
  try {
    await withDeadline(quiet(), yieldMs, () => late);
  } catch (error) {
    if (error !== late) throw error;
    const calls = await unfinishedIn(thread, connection, isChanging);
    // A thread that is busy does not name what runs by itself.
    const names = calls.length > 0 ? `: ${namesOf(calls)}` : '';
    const message = `Cannot replace thread ${thread.name.thread} of ${plugin}@${version}: what runs in it has not ended after ${yieldMs} ms${names}.`;
    throw new LiveswapError('YIELD_TIMEOUT', message, { ...thread.name, calls, yieldMs });
  } finally {
    isOver = true;
  }
  const hooksOnly = ({ chain }: Call): boolean => chain.includes(hook);
  group.balancer.closeGate(hooksOnly, new Upbringing(versions, hooksOnly));
}

/** Opens the gate again. */
export function openGate({ group, outsideWork }: GateDeps): void {
  group.balancer.openGate();
  void outsideWork.setGated(false);
}
