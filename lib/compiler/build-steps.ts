import type { BuildStep, ResolvedOptions } from './options.js';
import type { StepTimes } from './report.js';

/** Runs the steps of building one plugin: each step is announced and timed, and none begins once the build has been aborted. */
export class BuildSteps {
  readonly #options: Pick<ResolvedOptions, 'signal' | 'onProgress'>;
  #times: Partial<Record<BuildStep, number>> = {};

  constructor(options: Pick<ResolvedOptions, 'signal' | 'onProgress'>) {
    this.#options = options;
  }

  /** Milliseconds that each step has taken since the last {@link restart}. */
  get times(): StepTimes {
    return this.#times;
  }

  restart(): void {
    this.#times = {};
  }

  async run<T>(step: BuildStep, plugin: string, work: () => T | Promise<T>): Promise<T> {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ step, plugin });
    const start = performance.now();
    const result = await work();
    this.#times[step] = performance.now() - start;
    return result;
  }
}
