import { isLiveswapError } from './errors.js';
import { setTimeout } from './timers.js';

/** Pauses between the tries, in milliseconds. */
const PAUSES_MS = [0, 50, 200, 800];

/**
 * Asks for a change of generation again when it was refused because others wrote to the data bag what its hooks had read: that
 * is nobody's fault, and passes.
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
