import { expect, onTestFinished, test, vi } from 'vitest';
import { createGauge, GaugeReadings } from '../../lib/pool/gauge.js';
import { keepThreadMetrics } from '../../lib/thread/thread-metrics.js';

test('a process that may open no more files keeps its threads, and what was last measured of them', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const gauge = createGauge();
  const stop = keepThreadMetrics(gauge);
  onTestFinished(stop);
  const { heapUsedBytes } = new GaugeReadings(gauge);
  expect(heapUsedBytes).toBeGreaterThan(0);
  vi.spyOn(process, 'memoryUsage').mockImplementation(() => {
    throw Object.assign(new Error('EMFILE: too many open files, uv_resident_set_memory'), { code: 'EMFILE' });
  });
  onTestFinished(() => void vi.restoreAllMocks());
  vi.advanceTimersByTime(1_000);
  expect(new GaugeReadings(gauge).heapUsedBytes).toBe(heapUsedBytes);
});
