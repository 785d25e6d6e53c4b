import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeptVersion } from '../helpers/kept-versions.js';
import { differenceOf } from '../helpers/same-graph.js';

class Guard {
  declare name: unknown;
  declare post: unknown;
  greet(): string {
    return `Hail, ${String(this.name)}`;
  }
}
class Roster extends Map<unknown, unknown> {
  declare owner: unknown;
}
class Alarm extends Error {}
class Stranger {
  name = 'nobody';
}
const TYPES = { gate: { wide: true }, tower: {} };
const symbols = {
  'guard.ts#Guard': Guard,
  'guard.ts#Roster': Roster,
  'guard.ts#Alarm': Alarm,
  'guard.ts#TYPES': TYPES,
};

/** Moves one value to a new version of the same code. */
function moved<T>(value: T): T {
  const roots = (): Record<string, { value: unknown }> => ({ world: { value: undefined } });
  const before = new KeptVersion({ roots: { world: { value } }, symbols });
  const after = roots();
  new KeptVersion({ roots: after, symbols }).takeOver(before);
  return after['world']?.value as T;
}

/** An object of some kind, and a way to put others into it. */
interface Node {
  readonly object: object;
  add(key: string, value: unknown): void;
}

const makers: readonly (() => Node)[] = [
  () => fieldsOf({}),
  () => fieldsOf(Object.create(null) as object),
  () => fieldsOf(new Guard()),
  () => fieldsOf(new Alarm('the gate!', { cause: 'wind' })),
  () => {
    const object: unknown[] = [];
    return { object, add: (_key, value) => void object.push(value) };
  },
  () => {
    const object = new Map<unknown, unknown>();
    return { object, add: (key, value) => void object.set(key.length % 2 ? value : key, value) };
  },
  () => {
    const object = new Roster();
    object.owner = 'Ida';
    return { object, add: (key, value) => void object.set(key, value) };
  },
  () => {
    const object = new Set<unknown>();
    return { object, add: (_key, value) => void object.add(value) };
  },
  () => fieldsOf(new Date(86_400_000)),
  () => fieldsOf(new Uint8Array([1, 2, 3])),
  () => fieldsOf(Buffer.from('hail')),
  () => fieldsOf(new Float64Array([Number.NaN, -0])),
  () => fieldsOf(/gate/gu),
  () => fieldsOf(new URL('https://example.org/?a=1')),
];

function fieldsOf(object: object): Node {
  const hasFields = !ArrayBuffer.isView(object) && !(object instanceof URL);
  const add = (key: string, value: unknown): void => {
    if (!hasFields) return;
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  };
  return { object, add };
}

function resizable(): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]);
}

function givenAway(): Uint8Array {
  const view = new Uint8Array(4);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

const primitive = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN),
);
const link = fc.record({
  from: fc.nat(60),
  to: fc.nat(60),
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'name', 'post', '1', 'toString')),
  value: fc.option(primitive),
});

test('any graph arrives as it was: values, classes, order, what is shared, what is a circle', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(makers.length - 1), { minLength: 1, maxLength: 30 }),
      fc.array(link),
      (kinds, links) => {
        const nodes = kinds.map((kind) => makers[kind]!());
        for (const { from, to, key, value } of links) {
          const target = value === null ? nodes[to % nodes.length]!.object : value;
          nodes[from % nodes.length]!.add(key, target);
        }
        const graph = nodes.map(({ object }) => object);
        expect(differenceOf(moved(graph), graph)).toBe(undefined);
      },
    ),
    { numRuns: 300 },
  );
});

test('a list of 100,000 and a grid of 100 by 100 neighbours arrive, where a clone overflows the stack', () => {
  interface Link {
    next?: Link;
    at: number;
  }
  const first: Link = { at: 0 };
  for (let last = first, at = 1; at < 100_000; at++) last = last.next = { at };
  let length = 0;
  for (let at: Link | undefined = moved(first); at?.at === length; at = at.next) length++;
  expect(length).toBe(100_000);

  interface Cell {
    x: number;
    neighbours: Cell[];
  }
  const grid: Cell[] = Array.from({ length: 10_000 }, (_, x) => ({ x, neighbours: [] }));
  for (const { x, neighbours } of grid)
    for (const step of [1, 100]) if (grid[x + step]) neighbours.push(grid[x + step]!);
  expect(() => structuredClone(grid[0])).toThrow(RangeError);
  const arrived = moved(grid);
  expect(arrived[0]!.neighbours[1]).toBe(arrived[100]);
});

test('methods work, and constants of the modules are the very same, inside of others too', () => {
  const guard = new Guard();
  guard.name = 'Ida';
  guard.post = TYPES.gate;
  const arrived = moved({ guard, kind: Guard });
  expect(arrived.guard.greet()).toBe('Hail, Ida');
  expect(arrived.guard.post).toBe(TYPES.gate);
  expect(arrived.kind).toBe(Guard);
});

test('holes, fields of arrays and errors, seals and prototypes are kept', () => {
  const holed: unknown[] = [1, , 3]; // oxlint-disable-line no-sparse-arrays
  const named = Object.assign([1, 2], { label: 'pair' });
  const both = Object.assign([1, , 3], { label: 'gap' }); // oxlint-disable-line no-sparse-arrays
  const values = [
    holed,
    named,
    both,
    Object.freeze({ x: Object.freeze([1]) }),
    Object.seal({ y: 1 }),
    Object.preventExtensions([2]),
    Object.assign(new RangeError('too far', { cause: new Error('wind') }), { code: 'FAR' }),
    new AggregateError([new Error('one')], 'many'),
    Object(7) as object,
  ];
  expect(differenceOf(moved(values), values)).toBe(undefined);
  expect((moved(values)[6] as Error).stack).toBe((values[6] as Error).stack);
});

test('a small view brings no pool along; views of one memory stay so; shared memory is shared', () => {
  const small = Buffer.from('abc');
  const arrived = moved({ small });
  expect(arrived.small).toEqual(small);
  expect(arrived.small.buffer.byteLength).toBe(3);

  const memory = new ArrayBuffer(16);
  const shared = new SharedArrayBuffer(4);
  const views = moved({
    bytes: new Uint8Array(memory, 4, 8),
    words: new Uint16Array(memory, 8, 2),
    count: new Int32Array(shared),
  });
  views.bytes[4] = 7;
  expect(views.words[0]).toBe(7);
  expect(views.bytes.buffer.byteLength).toBe(8);
  Atomics.add(views.count, 0, 5);
  expect(new Int32Array(shared)[0]).toBe(5);
});

test('several roots are one graph, and keep their identity', () => {
  const make = () => {
    const players = new Map<string, object>();
    const world: { best?: object | undefined; players: unknown } = { players: undefined };
    return { players, world };
  };
  const before = make();
  const ida = { name: 'Ida' };
  before.players.set('ida', ida);
  before.world.best = ida;
  before.world.players = before.players;
  const after = make();
  new KeptVersion({ roots: after }).takeOver(new KeptVersion({ roots: before }));
  expect(after.world.best).toBe(after.players.get('ida'));
  expect(after.world.players).toBe(after.players);
  expect(before.world.best).toBe(ida);
});

test.each([
  ['a function', { done: () => {} }, 'world.value.done'],
  ['a symbol', { mark: Symbol('x') }, 'world.value.mark'],
  [
    'a key that is a symbol',
    { inner: { [Symbol.iterator]: 1 } },
    'world.value.inner[Symbol(Symbol.iterator)]',
  ],
  [
    'a getter',
    {
      get size() {
        return 1;
      },
    },
    'world.value.size',
  ],
  ['a hidden field', [Object.defineProperty({}, 'secret', { value: 1 })], 'world.value[0].secret'],
  ['a promise', new Map([['ida', Promise.resolve(1)]]), 'world.value.get("ida")'],
  ['a proxy', new Proxy({}, {}), 'world.value'],
  ['a weak map', new WeakMap(), 'world.value'],
  ['an instance of a class that nobody registered', new Stranger(), 'world.value'],
  ['a field of a URL', Object.assign(new URL('https://example.org/'), { mark: 1 }), 'world.value.mark'],
  ['an abort signal', new AbortController().signal, 'world.value'],
  ['memory that can be resized', resizable(), 'world.value'],
  ['a view of memory that can be resized', new Uint8Array(resizable()), 'world.value'],
  ['memory that was given away', givenAway().buffer, 'world.value'],
  ['a view of memory that was given away', givenAway(), 'world.value'],
])('%s is refused, with its path', (_what, value, path) => {
  expect(() => moved(value)).toThrow(expect.objectContaining({ code: 'LIVE_DATA_INVALID' }));
  const version = new KeptVersion({ roots: { world: { value } }, symbols });
  try {
    version.encode();
  } catch (error) {
    expect(error).toMatchObject({ path });
  }
});

/** One object of each kind that the platform has. */
const ofPlatform: Readonly<Record<string, () => object>> = {
  'a plain object': () => ({}),
  'an object without a prototype': () => Object.create(null) as object,
  'an array': () => [1],
  'a map': () => new Map([[1, 2]]),
  'a set': () => new Set([1]),
  'a date': () => new Date(86_400_000),
  'a regular expression': () => /gate/g,
  'an error': () => new RangeError('too far'),
  'an AggregateError': () => new AggregateError([new Error('one')], 'many'),
  'an instance': () => new Guard(),
  'an instance that extends a map': () => new Roster(),
  'a buffer': () => Buffer.from('hail'),
  'a long buffer': () => Buffer.alloc(10_000),
  'a typed array': () => new Float64Array([1, 2]),
  'a long typed array': () => new Int32Array(10_000),
  'a DataView': () => new DataView(new ArrayBuffer(4)),
  'an ArrayBuffer': () => new ArrayBuffer(4),
  'a SharedArrayBuffer': () => new SharedArrayBuffer(4),
  'a boxed string': () => Object('hail') as object,
  'a boxed number': () => Object(7) as object,
  'a boxed boolean': () => Object(true) as object,
  'a boxed bigint': () => Object(7n) as object,
  'a URL': () => new URL('https://example.org/'),
  'search parameters': () => new URLSearchParams('a=1'),
  headers: () => new Headers({ a: '1' }),
  'a blob': () => new Blob(['hail']),
};

describe.each(Object.entries(ofPlatform))('what is added to %s', (_kind, make) => {
  test.each<[string, (object: object) => object]>([
    ['a field', (object) => Object.assign(object, { mark: 1 })],
    ['a hidden field', (object) => Object.defineProperty(object, 'mark', { value: 1 })],
    ['a field whose key is a symbol', (object) => Object.assign(object, { [Symbol.for('mark')]: 1 })],
    ['a getter', (object) => Object.defineProperty(object, 'mark', { get: () => 1, enumerable: true })],
  ])('%s, arrives, or is refused with its path', (_what, add) => {
    expect(Object.getPrototypeOf(moved(make()))).toBe(Object.getPrototypeOf(make()));
    const added = add(make());
    let arrived: object;
    try {
      arrived = moved(added);
    } catch (error) {
      expect(error).toMatchObject({
        code: 'LIVE_DATA_INVALID',
        path: expect.stringMatching(/^world\.value/) as string,
      });
      return;
    }
    expect(arrived).toHaveProperty('mark', 1);
  });
});

test('the message about an instance of a class without a name says that it needs one, or is to be registered', () => {
  const instance = new (class {
    at = 1;
  })();
  expect(() => moved(instance)).toThrow(/give it one there, or register a package's class/);
});

test('one object under two names is refused', () => {
  const both = {};
  expect(() => new KeptVersion({ roots: { one: both, two: both } }).encode()).toThrow(/same object as one/);
});
