import { withDeadline } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import type { Version } from './version.js';
import { drainTimeout } from './version-errors.js';

/**
 * Resolves when no version that imports `version` is up any more and nothing of it is pending. What is still pending after
 * its `drainMs` is given to `cut`.
 */
export async function whenDrained(version: Version, cut: (error: LiveswapError) => void): Promise<void> {
  const { drainMs } = version.settings;
  const dependentsRetired = Promise.all([...version.dependents].map((dependent) => dependent.retired));
  const quiet = dependentsRetired.then(() => version.whenIdle());
  try {
    await withDeadline(quiet, drainMs, () => drainTimeout(version, drainMs));
  } catch (error) {
    cut(error as LiveswapError);
    await dependentsRetired;
  }
}
