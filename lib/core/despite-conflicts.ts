import { isLiveswapError } from './errors.js';
import { setTimeout } from './timers.js';

/** Pause before each try, in milliseconds. */
const PAUSES_MS = [0, 50, 200, 800];

/**
 * Retries a change of generation that was refused because others wrote to the data bag after its hooks had read it: that is
 * nobody's fault, and passes.
 */
export async function despiteConflicts<T>(change: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await change();
    } catch (error) {
      if (!isConflict(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, ms).unref());
    }
  }
  return change();
}

function isConflict(error: unknown): boolean {
  return isLiveswapError(error) && isLiveswapError(error.cause, 'BAG_CONFLICT');
}
