import { expect, vi } from 'vitest';

/** How many message ports are open here: every thread that runs holds some. */
export function openPorts(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
}

/** Resolves when no more ports are open than `before`: whatever was started since is gone. */
export async function noThreadLeft(before: number): Promise<void> {
  await vi.waitFor(() => expect(openPorts()).toBeLessThanOrEqual(before), { timeout: 5_000, interval: 5 });
}
