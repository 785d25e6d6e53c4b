import { expect, vi } from 'vitest';

/** Returns the number of worker threads of this process that are alive now, as Node itself reports them. */
export function countThreads(): number {
  const { workers } = process.report.getReport() as { workers: readonly unknown[] };
  return workers.length;
}

/** Resolves when no more threads are alive than `before`: whatever was started since is gone. */
export async function noThreadLeft(before: number): Promise<void> {
  await vi.waitFor(() => expect(countThreads()).toBeLessThanOrEqual(before), {
    timeout: 20_000,
    interval: 10,
  });
}
