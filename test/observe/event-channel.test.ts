import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { randomUUID } from 'node:crypto';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { EventChannel } from '../../lib/observe/event-channel.js';
import { untilCollected } from '../helpers/until.js';

interface Message {
  readonly source: object;
  readonly event: string;
}

function open() {
  const name = `test:${randomUUID()}`;
  return { name, events: new EventChannel<string, Message>(name, ({ source }) => source) };
}

test('a listener hears its source only, until it stops or the source is forgotten', () => {
  const { events } = open();
  const [guardian, herald] = [{}, {}];
  const heard: string[] = [];
  const listener = (event: string): void => void heard.push(event);
  const stop = events.subscribe(guardian, listener);
  events.subscribe(guardian, listener);
  events.publish({ source: guardian, event: 'one' });
  events.publish({ source: herald, event: 'other' });
  expect(heard).toEqual(['one', 'one']);
  stop();
  stop();
  events.publish({ source: guardian, event: 'two' });
  expect(heard).toEqual(['one', 'one', 'two']);
  expect(events.channel.hasSubscribers).toBe(true);
  events.forget(guardian);
  events.publish({ source: guardian, event: 'three' });
  expect(heard).toHaveLength(3);
  expect(events.channel.hasSubscribers).toBe(false);
});

test('a source that is collected with its listeners counts as heard no longer', async () => {
  const { events } = open();
  (() => {
    const source = {};
    events.subscribe(source, () => void source);
  })();
  expect(events.channel.hasSubscribers).toBe(true);
  await untilCollected(() => !events.channel.hasSubscribers);
});

test('a subscriber that throws is a warning, once; it can be taken off again, and the others hear on', async () => {
  const { name, events } = open();
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  const warnings: string[] = [];
  const warn = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warn);
  process.prependListener('uncaughtException', note);
  onTestFinished(() => void process.off('warning', warn).off('uncaughtException', note));
  const throwing = (): never => {
    throw new Error('deaf');
  };
  const heard: unknown[] = [];
  const other = (message: unknown): void => void heard.push(message);
  subscribe(name, throwing);
  subscribe(name, other);
  events.publish({ source: {}, event: 'one' });
  events.publish({ source: {}, event: 'two' });
  await turnEnd();
  expect(uncaught).toEqual([]);
  expect(heard).toHaveLength(2);
  expect(warnings.filter((message) => message.includes(name))).toEqual([
    `A subscriber of ${name} threw: deaf`,
  ]);
  expect([unsubscribe(name, throwing), unsubscribe(name, other)]).toEqual([true, true]);
  expect(events.channel.hasSubscribers).toBe(false);
});
