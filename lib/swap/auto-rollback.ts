import { despitePassingCauses } from '../core/despite-passing-causes.js';
import { isLiveswapError } from '../core/errors.js';
import type { Version } from '../version/version.js';
import type { RollbackChange } from './change.js';

/** Dependencies of {@link AutoRollback}. */
export interface AutoRollbackDeps {
  readonly isEnabled: boolean;
  /** Returns true while a version is current and there is a release without its bytes to go back to. */
  readonly canLeave: (version: Version) => boolean;
  /** Runs something after the changes that are waiting. */
  readonly enqueue: (run: () => Promise<unknown>) => Promise<unknown>;
  /** Runs a change of generation. */
  readonly run: (change: RollbackChange) => Promise<unknown>;
}

/** Goes back to a release without the bytes of a young version that crash-looped, if that is enabled and there is one. */
export class AutoRollback {
  readonly #deps: AutoRollbackDeps;

  constructor(deps: AutoRollbackDeps) {
    this.#deps = deps;
  }

  /** Handles a version in a crash loop. Its failure is an event already, and its calls are refused with the reason. */
  onFailed(version: Version): void {
    const { isEnabled, enqueue } = this.#deps;
    if (isEnabled && version.isYoung) enqueue(() => this.#rollBackFrom(version)).catch(() => {});
  }

  async #rollBackFrom(version: Version): Promise<void> {
    const { canLeave, run } = this.#deps;
    // An earlier change in the queue may have replaced it.
    if (!canLeave(version)) return;
    try {
      await despitePassingCauses(() => run({ reason: 'rollback', failed: version }));
    } catch (error) {
      // State that cannot move back is no reason to keep a version that does not run.
      if (!isAboutState(error)) throw error;
      await run({ reason: 'rollback', failed: version, kept: 'drop' });
    }
  }
}

/** Returns true when a change failed because kept state could not be moved. */
function isAboutState(error: unknown): boolean {
  const cause = isLiveswapError(error) ? error.cause : undefined;
  return isLiveswapError(cause, 'LIVE_DATA_MISMATCH') || isLiveswapError(cause, 'LIVE_DATA_INVALID');
}
