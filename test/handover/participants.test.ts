import { expect, test } from 'vitest';
import { admittance, inOrder, successorOf, type Participants } from '../../lib/handover/participants.js';
import type { Call } from '../../lib/dispatch/call.js';
import type { Version } from '../../lib/version/version.js';

const version = (plugin: string, id: string, exclusive = false): Version =>
  ({ plugin, id, exclusive }) as unknown as Version;

const callOf = (...chain: string[]): Call => ({ chain }) as unknown as Call;

const armory = version('Armory', 'aa', true);
const herald = version('herald', 'bb');
const next = version('armory', 'cc', true);
const participants: Participants = { leaving: [armory, herald], arriving: [next], cause: 'reload' };

test('the successor of a version has its name, whatever its case', () => {
  expect(successorOf(armory, participants)).toBe(next);
  expect(successorOf(herald, participants)).toBe(undefined);
});

test('while exclusive work runs, calls on its behalf are let in, and those of hooks always', () => {
  const { whileRunning, hooksOnly } = admittance(participants);
  expect([whileRunning, hooksOnly].map((admits) => admits(callOf('armory@aa')))).toEqual([true, false]);
  expect([whileRunning, hooksOnly].map((admits) => admits(callOf('herald@bb hook')))).toEqual([true, true]);
  expect([whileRunning, hooksOnly].map((admits) => admits(callOf('armory@cc hook')))).toEqual([true, true]);
  // Nobody waits for calls of a plugin that is not exclusive, and a chain that began elsewhere has to wait.
  expect([whileRunning, hooksOnly].map((admits) => admits(callOf('herald@bb')))).toEqual([false, false]);
  expect([whileRunning, hooksOnly].map((admits) => admits(callOf()))).toEqual([false, false]);
});

test('dependencies come first, independent participants go side by side, and a failure waits for those under way', async () => {
  const [one, two, three] = [version('one', '1'), version('two', '2'), version('three', '3')];
  const before = new Map([[three, [one]]]);
  const order: string[] = [];
  let twoBegins = (): void => {};
  const begun = new Promise<void>((resolve) => (twoBegins = resolve));
  const run = async ({ plugin }: Version): Promise<void> => {
    order.push(`${plugin} begins`);
    if (plugin === 'two') twoBegins();
    // The first cannot end before the second has begun.
    await begun;
    if (plugin === 'two') throw new RangeError('two fails');
    order.push(`${plugin} ends`);
  };
  await expect(inOrder([three, one, two], (at) => before.get(at) ?? [], run)).rejects.toThrow('two fails');
  expect(order).toEqual(['one begins', 'two begins', 'one ends', 'three begins', 'three ends']);
});
