import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { openChannel } from '../../lib/observe/event-channel.js';

test('two copies of the package in one process share a channel', async () => {
  const name = `test:${randomUUID()}`;
  const first = openChannel(name);
  vi.resetModules();
  const copy = await import('../../lib/observe/event-channel.js');
  expect(copy.openChannel).not.toBe(openChannel);
  expect(copy.openChannel(name)).toBe(first);
});
