import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';

/** Makes the hooks of one thread take turns: `onFree` comes last, only once, and never while another hook is running. */
export class HookTurns {
  #underWay: Promise<unknown> = Promise.resolve();
  #freed = false;

  /** Runs a hook. @throws LiveswapError `RETIRED` after {@link free} */
  run<T>(hook: () => T | Promise<T>): Promise<T> {
    if (this.#freed) return Promise.reject(new LiveswapError('RETIRED', 'This thread has been freed.'));
    const result = (async () => hook())();
    this.#underWay = result.catch(() => {});
    return result;
  }

  /** Resolves when no hook is running, or after `graceMs`: a hook that never ends must not block others. */
  async settled(graceMs: number): Promise<void> {
    await withDeadline(this.#underWay, graceMs, () => undefined).catch(() => {});
  }

  /** Runs `onFree`, unless it has run already. */
  async free(onFree: () => unknown): Promise<void> {
    if (this.#freed) return;
    this.#freed = true;
    await onFree();
  }
}
