import { messageOf, LiveswapError } from '../core/errors.js';
import { systemClock, type Clock } from '../core/clock.js';
import type { SwapEvent } from '../observe/events.js';
import type { Cause } from '../plugin/cause.js';
import type { Version } from '../version/version.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Wakes a version that yielded for a change that was refused in the end; a failure is retried until the version leaves, or hands
 * over. The caller must have the turn of the version's activity.
 */
export async function wake(
  version: Version,
  cause: Cause,
  emit: (event: SwapEvent) => void,
  clock: Clock = systemClock,
  retryMs = FIRST_RETRY_MS,
): Promise<void> {
  const { state } = version.activity;
  if (state.kind !== 'yielded' && state.kind !== 'asleep') return version.activity.resume();
  try {
    await version.activity.activate(cause, state.batons);
  } catch (failure) {
    const { plugin, id } = version;
    const error =
      failure instanceof LiveswapError
        ? failure
        : new LiveswapError('HOOK_FAILED', messageOf(failure), { cause: failure });
    emit({ type: 'activeFailed', plugin, version: id, error, retryInMs: retryMs });
    const asleep = version.activity.state;
    const again = async (): Promise<void> => {
      const endTurn = await version.activity.takeTurn();
      // A hand-over may have changed the state since then.
      const isNeeded = version.activity.state === asleep && version.state.kind === 'active';
      if (isNeeded) await wake(version, cause, emit, clock, Math.min(2 * retryMs, LONGEST_RETRY_MS));
      endTurn();
    };
    const cancel = clock.after(retryMs, () => void again());
    void version.retired.then(cancel);
  }
}
