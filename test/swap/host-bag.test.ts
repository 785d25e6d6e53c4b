import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collect } from '../../lib/link/garbage.js';
import { HostBag } from '../../lib/swap/host-bag.js';
import { untilCollected } from '../helpers/until.js';

/** Makes a bag in which a store keeps a session for a day. */
function bagWithSession(ending: AbortSignal): WeakRef<HostBag> {
  const bag = new HostBag(ending);
  const expiresAt = Date.now() + 86_400_000;
  bag.put('liveswap:stores:gate:sessions:1', { value: 'Arya', expiresAt, maxEntries: 10 });
  return new WeakRef(bag);
}

test('entries of stores do not hold a bag whose swapper has ended', async () => {
  const ending = new AbortController();
  const bag = bagWithSession(ending.signal);
  await turnEnd();
  collect();
  // The timer that sweeps the bag keeps it as long as the swapper may go on.
  expect(bag.deref()).toBeDefined();
  ending.abort();
  await untilCollected(() => bag.deref() === undefined);
  expect(bag.deref()).toBeUndefined();
});
