import { isLiveswapError } from './errors.js';
import { setTimeout } from './timers.js';

/** Pauses before further tries, in milliseconds, by the cause of a refusal. */
const PAUSES_MS: Readonly<Record<string, readonly number[]>> = {
  /** Others wrote to the data bag after the hooks had read it. */
  BAG_CONFLICT: [0, 50, 200, 800],
  /** The machine is busy, or the version never comes up: one more try shows which. */
  START_TIMEOUT: [0],
};

/**
 * Retries a change of generation that was refused for a temporary reason: nobody would repeat the save, deploy or crash that
 * caused it.
 */
export async function despitePassingCauses<T>(change: () => Promise<T>): Promise<T> {
  const tries = new Map<string, number>();
  for (;;) {
    try {
      return await change();
    } catch (error) {
      const code = causeOf(error);
      const tried = tries.get(code) ?? 0;
      const ms = PAUSES_MS[code]?.[tried];
      if (ms === undefined) throw error;
      tries.set(code, tried + 1);
      await new Promise((resolve) => setTimeout(resolve, ms).unref());
    }
  }
}

function causeOf(error: unknown): string {
  return isLiveswapError(error) && isLiveswapError(error.cause) ? error.cause.code : '';
}
