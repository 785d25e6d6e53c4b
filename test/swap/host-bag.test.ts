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

test('updates of one key that are made at once run one after another, each once', async () => {
  const bag = new HostBag(new AbortController().signal);
  let runs = 0;
  const hit = async (hits: unknown): Promise<number> => {
    runs++;
    await turnEnd();
    return ((hits as number | undefined) ?? 0) + 1;
  };
  const others = bag.update('others', hit);
  await Promise.all(Array.from({ length: 50 }, () => bag.update('hits', hit)));
  await others;
  expect([bag.get('hits'), bag.get('others'), runs]).toEqual([50, 1, 51]);
});

test('an update that never settles, and one that updates its own key, do not stop the others', async () => {
  const bag = new HostBag(new AbortController().signal);
  void bag.update('hits', () => new Promise(() => {}));
  const outer = bag.update('hits', async (hits) => {
    if (hits === undefined) await bag.update('hits', () => 1);
    return Number(hits) + 1;
  });
  expect(await outer).toBe(2);
  await expect(
    bag.update('hits', () => {
      throw new RangeError('full');
    }),
  ).rejects.toThrow('full');
  expect(await bag.update('hits', (hits) => Number(hits) + 1)).toBe(3);
});
