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

/** Returns whether the thread serves; it measures its heap as soon as it does. */
export function isUp(gauge: Int32Array): boolean {
  return Atomics.load(gauge, Gauge.heapKib) > 0;
}
