import { expect, test } from 'vitest';
import { HostBag } from '../../lib/swap/host-bag.js';
import { bagOfPlugin } from '../../lib/swap/plugin-bag.js';
import { StoreEntries } from '../../lib/swap/store-entries.js';

const key = (id: string): string => `liveswap:stores:gate:sessions:${id}`;
const entry = (expiresAt: number, maxEntries = 100) => ({ value: 'sword', expiresAt, maxEntries });

test('of more entries than a store may have, those that were written longest ago go', () => {
  const entries = new StoreEntries();
  for (const id of ['first', 'second', 'third']) expect(entries.note(key(id), entry(9, 3))).toEqual([]);
  entries.note(key('first'), entry(9, 3));
  expect(entries.note(key('fourth'), entry(9, 3))).toEqual([key('second')]);
  expect(entries.note('liveswap:stores:gate:counters:first', entry(9, 3))).toEqual([]);
});

test('a write costs the same however many entries a store has', () => {
  const entries = new StoreEntries();
  const write = (from: number, count: number): number => {
    const before = process.cpuUsage();
    for (let at = from; at < from + count; at++) entries.note(key(String(at)), entry(9, Infinity));
    return process.cpuUsage(before).user;
  };
  const few = write(0, 1_000);
  write(1_000, 20_000);
  expect(write(21_000, 1_000)).toBeLessThan(2 * few + 20_000);
});

test('expired entries are known, until they are written again or deleted', () => {
  const entries = new StoreEntries();
  entries.note(key('north'), entry(10));
  entries.note(key('south'), entry(20));
  entries.note(key('east'), entry(10));
  entries.note(key('east'), entry(30));
  expect(entries.expired(10)).toEqual([key('north')]);
  for (const id of ['north', 'south', 'east']) entries.note(key(id), undefined);
  expect(entries.isEmpty).toBe(true);
});

test('entries of a store are in no listing, and out of the reach of other plugins', async () => {
  const bag = new HostBag(new AbortController().signal);
  const own = bagOfPlugin(bag, 'gate');
  const other = bagOfPlugin(bag, 'guardian');
  await own.set(key('north'), entry(Date.now() + 60_000));
  await other.set('watch', 1);
  expect(own.keys()).toEqual(['watch']);
  expect(own.get(key('north'))).toMatchObject({ value: 'sword' });
  for (const use of [
    () => other.get(key('north')),
    () => other.has(key('north')),
    () => other.set(key('north'), 1),
    () => other.delete(key('north')),
    () => other.update(key('north'), () => 1),
  ])
    expect(use).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', option: 'key' }));
});
