/**
 * Numbers that a thread keeps in shared memory, so that the host can read them even while the thread is busy: open work,
 * event-loop utilization in thousandths, heap in kibibytes, work that runs by itself (`every` and `waitUntil`), direct calls to
 * other plugins, and missed ticks of `every`.
 */
export const Gauge = { held: 0, utilization: 1, heapKib: 2, running: 3, asking: 4, missedTicks: 5 } as const;

/** Makes the gauge of one thread. */
export function createGauge(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Object.keys(Gauge).length * Int32Array.BYTES_PER_ELEMENT));
}

/** Returns whether the thread serves. A thread measures its heap as soon as it serves. */
export function isUp(gauge: Int32Array): boolean {
  return Atomics.load(gauge, Gauge.heapKib) > 0;
}

/** The numbers that a thread has written on its gauge. */
export class GaugeReadings {
  readonly #gauge: Int32Array;

  constructor(gauge: Int32Array) {
    this.#gauge = gauge;
  }

  /** Number of things that the thread holds open besides the host's calls. */
  get held(): number {
    return Atomics.load(this.#gauge, Gauge.held);
  }

  /** Number of pieces of work that run by themselves: `every` and `waitUntil`. */
  get running(): number {
    return Atomics.load(this.#gauge, Gauge.running);
  }

  /** Number of calls to imported plugins that the thread waits for. */
  get asking(): number {
    return Atomics.load(this.#gauge, Gauge.asking);
  }

  /** Number of ticks of `every` that were dropped. */
  get missedTicks(): number {
    return Atomics.load(this.#gauge, Gauge.missedTicks);
  }

  /** Share of the last second in which the event loop was busy, 0 to 1. */
  get eventLoopUtilization(): number {
    return Atomics.load(this.#gauge, Gauge.utilization) / 1_000;
  }

  get heapUsedBytes(): number {
    return Atomics.load(this.#gauge, Gauge.heapKib) * 1_024;
  }
}
