import { withDeadline } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import type { Version } from './version.js';
import { drainTimeout } from './version-errors.js';

/** How a version is let go. */
export interface DrainOptions {
  /** Takes the calls that wait; without it, they are waited for. */
  readonly newest?: (call: Call) => void;
  /** Milliseconds from now, instead of those of the settings. */
  readonly drainMs?: number;
}

/**
 * Resolves when no version that imports `version` is up any more and nothing of it is pending. What is still pending after
 * `drainMs` is given to `cut`.
 */
export async function whenDrained(
  version: Version,
  drainMs: number,
  cut: (error: LiveswapError) => void,
): Promise<void> {
  const dependentsRetired = Promise.all([...version.dependents].map((dependent) => dependent.retired));
  const quiet = dependentsRetired.then(() => version.whenIdle());
  try {
    await withDeadline(quiet, drainMs, () => drainTimeout(version, version.settings.drainMs));
  } catch (error) {
    // What was only waiting for its dependents to be freed is still to be freed itself.
    if (!version.isIdle) cut(error as LiveswapError);
    await dependentsRetired;
  }
}
