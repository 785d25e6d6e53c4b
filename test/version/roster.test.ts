import { expect, test } from 'vitest';
import type { Connection } from '../../lib/dispatch/connection.js';
import { Roster, type RosterThread } from '../../lib/version/roster.js';

const connection = {} as Connection;
const threadAt = (index: number, death?: Error): RosterThread => ({ name: { thread: index }, death });

/** Makes a roster with one thread that takes calls. */
function staffed() {
  const roster = new Roster<RosterThread>();
  const veteran = threadAt(0);
  roster.place(veteran);
  roster.connect(veteran, connection);
  return { roster, veteran };
}

test('a thread that comes up beside a living one does not serve before it has its place', () => {
  const { roster, veteran } = staffed();
  const recruit = threadAt(0);
  roster.beginComing(recruit);
  roster.connect(recruit, connection);
  expect(roster.threads).toEqual([veteran, recruit]);
  expect(roster.livingAt(0)).toBe(veteran);
  expect([veteran, recruit].map((thread) => roster.serves(thread))).toEqual([true, false]);
  roster.endComing(recruit);
  roster.leave(veteran);
  roster.place(recruit);
  expect([veteran, recruit].map((thread) => roster.serves(thread))).toEqual([false, true]);
  expect(roster.leavingFrom(0)).toBe(veteran);
});

test('a withdrawn thread keeps its connection until it is gone', () => {
  const { roster, veteran } = staffed();
  roster.leave(veteran);
  expect(roster.livingAt(0)).toBeUndefined();
  expect(roster.connectionOf(veteran)).toBe(connection);
  expect(roster.threads).toEqual([veteran]);
  roster.disconnect(veteran);
  expect(roster.threads).toEqual([]);
});

test('a dead thread keeps its place, and is not found among the living', () => {
  const roster = new Roster<RosterThread>();
  const fallen = threadAt(1, new Error('fell'));
  roster.place(fallen);
  expect(roster.threads).toEqual([fallen]);
  expect(roster.livingAt(1)).toBeUndefined();
});

test('a thread that leaves later than its place was given away takes nothing from its successor', () => {
  const { roster, veteran } = staffed();
  const successor = threadAt(0);
  roster.place(successor);
  roster.leave(veteran);
  expect(roster.livingAt(0)).toBe(successor);
});
