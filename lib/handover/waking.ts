import { messageOf, LiveswapError } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import type { SwapEvent } from '../observe/events.js';
import type { Cause } from '../plugin/cause.js';
import type { Version } from '../version/version.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Wakes a version that yielded for a change that was refused in the end; a failure is retried until the version leaves. */
export async function wake(
  version: Version,
  cause: Cause,
  emit: (event: SwapEvent) => void,
  retryMs = FIRST_RETRY_MS,
): Promise<void> {
  const { state } = version.activity;
  if (state.kind !== 'yielded') return version.activity.resume();
  try {
    await version.activity.activate(cause, state.batons);
  } catch (failure) {
    const { plugin, id } = version;
    const error =
      failure instanceof LiveswapError
        ? failure
        : new LiveswapError('HOOK_FAILED', messageOf(failure), { cause: failure });
    emit({ type: 'activeFailed', plugin, version: id, error, retryInMs: retryMs });
    const timer = setTimeout(() => {
      const isNeeded = version.state.kind === 'active';
      if (isNeeded) void wake(version, cause, emit, Math.min(2 * retryMs, LONGEST_RETRY_MS));
    }, retryMs);
    timer.unref();
  }
}
