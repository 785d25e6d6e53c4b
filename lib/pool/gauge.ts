/**
 * Numbers that a thread keeps in shared memory and the host reads without asking, so also while the thread is busy:
 * what it holds open, its event-loop utilization in thousandths, its heap in kibibytes, what of it runs by itself: `every`
 * and `waitUntil`, what it has asked other plugins directly, and the ticks of `every` that it has missed.
 */
export const Gauge = { held: 0, utilization: 1, heapKib: 2, running: 3, asking: 4, missedTicks: 5 } as const;

/** Makes the numbers of one thread. */
export function createGauge(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Object.keys(Gauge).length * Int32Array.BYTES_PER_ELEMENT));
}

/** Returns whether the thread serves: it measures its heap as soon as it does. */
export function isUp(gauge: Int32Array): boolean {
  return Atomics.load(gauge, Gauge.heapKib) > 0;
}
