import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { LiveData } from '../../lib/live-data/live-data.js';

class Guardian {
  name = 'Ironkill';
}
class Live_Job {
  steps: unknown[] = [];
}
class Live_Roster extends Map<string, number> {}
class Live_Failure extends Error {
  shots = 1;
}

function hidden(): unknown {
  return Object.defineProperty({}, Symbol.toStringTag, { value: 'Date' });
}

function argumentsOf(_word: string): IArguments {
  // oxlint-disable-next-line prefer-rest-params
  return arguments;
}

function chain(length: number): object {
  let link = {};
  for (let index = 0; index < length; index++) link = { next: link };
  return link;
}

function resizable(): ArrayBuffer {
  const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
  return new Resizable(4, { maxByteLength: 8 });
}

const refusals: [title: string, value: unknown, path: string, problem: string][] = [
  [
    'a function',
    { job: { steps: [0, 1, { done: () => true }] } },
    'job.steps[2].done',
    'job.steps[2].done is a function',
  ],
  ['a function as the value itself', () => true, '', 'the value is a function'],
  ['a symbol', [Symbol('banner')], '[0]', '[0] is a symbol'],
  ['a class', { herald: Guardian }, 'herald', 'herald is a function'],
  ['an instance', { guard: new Guardian() }, 'guard', 'is an instance of Guardian'],
  [
    'a function in an instance of a live type',
    Object.assign(new Live_Job(), { steps: [() => 1] }),
    'steps[0]',
    'is a function',
  ],
  [
    'an instance of nothing',
    { guard: Object.create(Object.create(null)) },
    'guard',
    'is an instance of object',
  ],
  ['a promise', { done: Promise.resolve() }, 'done', 'is an instance of Promise'],
  ['a weak map', new Map([['seen', new WeakMap()]]), '.get("seen")'.slice(1), 'is an instance of WeakMap'],
  ['a function as a key of a map', { jobs: new Map([[() => 1, 1]]) }, 'jobs.keys[0]', 'is a function'],
  ['a function in a set', { jobs: new Set([1, () => 1]) }, 'jobs.values[1]', 'is a function'],
  ['an error', { failure: new RangeError('far') }, 'failure', 'is an instance of RangeError'],
  [
    'an accessor',
    {
      get shots() {
        return 1;
      },
    },
    'shots',
    'is an accessor',
  ],
  ['a symbol key', { guard: { [Symbol('rank')]: 1 } }, 'guard', 'has the symbol key Symbol(rank)'],
  ['a key named __proto__', JSON.parse('{"a":{"__proto__":{"shots":1}}}'), 'a.__proto__', 'not safe'],
  ['a proxy', { guard: new Proxy({}, {}) }, 'guard', 'is a Proxy'],
  ['shared memory', { map: new SharedArrayBuffer(8) }, 'map', 'is an instance of SharedArrayBuffer'],
  ['a view on shared memory', { map: new Uint8Array(new SharedArrayBuffer(8)) }, 'map', 'SharedArrayBuffer'],
  ['a buffer that grows', { map: resizable() }, 'map', 'resizable'],
  [
    'a named property of an array',
    { list: Object.assign([1], { note: 'x' }) },
    'list.note',
    'named property',
  ],
  [
    'a named property of a date',
    Object.assign(new Date(), { 'the zone': 1 }),
    '["the zone"]',
    'named property',
  ],
  ['a search in progress', { pattern: Object.assign(/a/g, { lastIndex: 1 }) }, 'pattern', 'RegExp'],
  ['a disguise', hidden(), '', 'is a built-in Date object'],
  ['the arguments of a call', argumentsOf('hail'), '', 'is a built-in Arguments object'],
  ['an array of a class', new (class Ranks extends Array {})(), '', 'is an instance of Ranks'],
  ['a forged date', Object.create(Date.prototype), '', 'arbitrary non-POJOs'],
  ['a live type that extends a map', new Live_Roster([['a', 1]]), '', 'which extends Map'],
  ['a live type that extends an error', new Live_Failure('x'), '', 'which extends Error'],
  ['an event emitter', { bell: new EventEmitter() }, 'bell', 'is an instance of EventEmitter'],
];

describe('what LiveData refuses', () => {
  it.each(refusals)('is %s', (_title, value, path, problem) => {
    expect(() => LiveData.wrap(value)).toThrow(
      expect.objectContaining({
        code: 'LIVE_DATA_INVALID',
        path,
        message: expect.stringContaining(problem) as string,
      }),
    );
  });

  it('is also refused as a field given by name', () => {
    expect(() => LiveData.of('Live_Job', { steps: [() => 1] })).toThrow(
      expect.objectContaining({ path: 'steps[0]' }),
    );
  });

  it('is nesting that would not fit on the stack of whoever reads it', () => {
    expect(LiveData.wrap(chain(500)).unwrap()).toEqual(chain(500));
    expect(() => LiveData.wrap(chain(501))).toThrow(/is nested more than 500 deep/);
    expect(() => LiveData.wrap(chain(100_000))).toThrow(/is nested more than 500 deep/);
    expect(() => LiveData.wrap(chain(501))).toThrow(
      expect.objectContaining({ path: expect.stringMatching(/^.{10,150}…\..{10,150}$/) as string }),
    );
  });

  it('does not include hidden fields, which are not data', () => {
    const guard = Object.defineProperty({ name: 'Ironkill' }, 'salute', { value: () => 'Hail' });
    expect(LiveData.wrap(guard).unwrap()).toEqual({ name: 'Ironkill' });
  });
});
