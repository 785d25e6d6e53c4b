import { performance } from 'node:perf_hooks';
import { Gauge } from '../pool/gauge.js';

const EVERY_MS = 1_000;

/**
 * Keeps this thread's event-loop utilization and heap up to date in its gauge, each over the last second. Returns the function
 * that stops it.
 */
export function keepThreadMetrics(gauge: Int32Array): () => void {
  let before = performance.eventLoopUtilization();
  const measure = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    Atomics.store(gauge, Gauge.utilization, Math.round(utilization * 1_000));
    keepHeap(gauge);
  };
  keepHeap(gauge);
  const timer = setInterval(measure, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function keepHeap(gauge: Int32Array): void {
  try {
    Atomics.store(gauge, Gauge.heapKib, Math.round(process.memoryUsage().heapUsed / 1_024));
  } catch {
    // Node opens a file for this, and the process may have none left: that must not end the thread.
  }
}
