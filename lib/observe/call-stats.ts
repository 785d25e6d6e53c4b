import { Histogram } from './histogram.js';

/** Counts of settled calls. Latencies are in milliseconds, from the call to its answer; `undefined` if there were none. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly totalMs: number;
}

/** Counts settled calls of one version, or of a plugin across all its versions. */
export class CallStats {
  readonly #latency = new Histogram();
  #failures = 0;

  record(ms: number, failed: boolean): void {
    this.#latency.record(ms);
    if (failed) this.#failures++;
  }

  counts(): CallCounts {
    return {
      calls: this.#latency.count,
      failures: this.#failures,
      p50Ms: this.#latency.quantile(0.5),
      p99Ms: this.#latency.quantile(0.99),
      totalMs: this.#latency.sumMs,
    };
  }
}
