import type { AppJudgement } from '../app/check/app-judge.js';
import type { AppCheckOptions } from '../app/check/check-app.js';
import { BuildProcessHandle } from './build-process-handle.js';

/** Checks an app's types and rules in a process of its own, so that no build or swap waits for it. */
export class RemoteAppJudge {
  readonly #options: AppCheckOptions;
  #process: BuildProcessHandle | undefined;

  /** @param options have absolute paths. */
  constructor(options: AppCheckOptions) {
    this.#options = options;
  }

  /**
   * Works like `AppJudge.judge`.
   *
   * @throws LiveswapError as that does; `WATCH_FAILED` when the process dies; the next check starts another one
   */
  judge(): Promise<AppJudgement> {
    if (!this.#process || this.#process.isGone) this.#process = new BuildProcessHandle();
    return this.#process.ask({ kind: 'judgeApp', options: this.#options });
  }

  /** Ends the process even if it is busy. Idempotent. */
  destroy(): void {
    this.#process?.destroy();
  }
}
