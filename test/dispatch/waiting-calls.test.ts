import { expect, test } from 'vitest';
import type { Call } from '../../lib/dispatch/call.js';
import { WaitingCalls, type Home } from '../../lib/dispatch/waiting-calls.js';
import { keptByYoungCollections } from '../helpers/young-garbage.js';

const all = (): boolean => true;
const callOf = (number: number): Call => ({ number }) as Call;

/** Takes the waiting calls out, one after the other, and returns their numbers. */
function drain(
  waiting: WaitingCalls,
  isLetIn = (_call: Call) => true,
  hasRoom = (_home: Home) => true,
): number[] {
  const numbers: number[] = [];
  for (let call; (call = waiting.next(isLetIn, hasRoom));) {
    numbers.push(call.number);
    waiting.delete(call);
  }
  return numbers;
}

test('calls leave in the order in which they came, whatever their homes and numbers', () => {
  const waiting = new WaitingCalls();
  const homes: readonly [number, Home][] = [
    [5, undefined],
    [3, 1],
    [9, undefined],
    [1, 0],
    [7, 1],
  ];
  for (const [number, home] of homes) waiting.add(callOf(number), home);
  expect([...waiting].map(({ number }) => number)).toEqual([5, 3, 9, 1, 7]);
  expect(drain(waiting, all, (home) => home === 1)).toEqual([3, 7]);
  expect(waiting.hasFor(1)).toBe(false);
  expect(waiting.hasFor(undefined)).toBe(true);
  expect(drain(waiting, ({ number }) => number !== 9)).toEqual([5, 1]);
  expect(drain(waiting)).toEqual([9]);
  expect(waiting.size).toBe(0);
});

test('a call that leaves from the middle, the front or the end of its line leaves the others as they are', () => {
  for (const [leaving, left] of [
    [1, [2, 3]],
    [2, [1, 3]],
    [3, [1, 2]],
  ] as const) {
    const waiting = new WaitingCalls();
    const calls = [1, 2, 3].map(callOf);
    for (const call of calls) waiting.add(call, undefined);
    const call = calls[leaving - 1]!;
    waiting.delete(call);
    waiting.delete(call);
    expect(waiting.homeOf(call)).toBeUndefined();
    waiting.add(callOf(4), undefined);
    expect(drain(waiting)).toEqual([...left, 4]);
  }
});

test('a collection of young objects frees calls that have left, although earlier ones are old', async () => {
  const setUp = `
    const { WaitingCalls } = await load('dispatch/waiting-calls.js');
    const waiting = new WaitingCalls();
    let number = 0;
    while (number < 256) waiting.add({ number: ++number }, undefined);`;
  const step = `
    waiting.add({ number: ++number, args: new Array(16).fill(number) }, undefined);
    waiting.delete(waiting.next(() => true, () => true));`;
  // All that left takes 5.8 MB.
  expect(await keptByYoungCollections(setUp, step)).toBeLessThan(1_000_000);
});
