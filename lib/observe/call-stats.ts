import { Histogram } from './histogram.js';

/** Counts of settled calls. Latencies are in milliseconds, from the call to its answer; `undefined` if there were none. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly totalMs: number;
}

/** Counts settled calls. */
export class CallStats {
  readonly #latency = new Histogram();
  #failures = 0;
  /** The counts to which further calls are added, once there are such. */
  #successor: CallStats | undefined;

  /** Returns new counts: those of all `parts` together. */
  static sum(parts: readonly CallStats[]): CallStats {
    const sum = new CallStats();
    for (const part of parts) sum.#add(part);
    return sum;
  }

  record(ms: number, failed: boolean): void {
    if (this.#successor) return this.#successor.record(ms, failed);
    this.#latency.record(ms);
    if (failed) this.#failures++;
  }

  /** Adds the counts so far to `total`, which counts further calls as well. */
  moveTo(total: CallStats): void {
    total.#add(this);
    this.#successor = total;
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

  #add(other: CallStats): void {
    this.#latency.add(other.#latency);
    this.#failures += other.#failures;
  }
}
