import { expect, test } from 'vitest';
import { UnreadReaders } from '../../lib/swap/unread-readers.js';
import { FakeClock } from '../helpers/fake-clock.js';

test('readers that read on, however slowly, are active', async () => {
  const clock = new FakeClock();
  const readers = new UnreadReaders(clock);
  for (let pulls = 0; pulls < 10; pulls++) {
    expect(readers.areInactive(pulls)).toBe(false);
    await clock.advance(999);
    expect(readers.areInactive(pulls)).toBe(false);
  }
});

test('readers are inactive once none has asked for more for a second, until one does', async () => {
  const clock = new FakeClock();
  const readers = new UnreadReaders(clock);
  expect(readers.areInactive(3)).toBe(false);
  await clock.advance(1_000);
  expect(readers.areInactive(3)).toBe(true);
  expect(readers.areInactive(4)).toBe(false);
});
