import { deepStrictEqual } from 'node:assert';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLiveswapError } from '../../lib/core/errors.js';
import { LiveData } from '../../lib/live-data/live-data.js';

// Two invalid dates are not equal to deepStrictEqual on Node 20: they have a test of their own.
const date = fc.date({ noInvalidDate: true });

const leaf = fc.oneof(
  fc.anything({
    maxDepth: 0,
    withBigInt: true,
    withBoxedValues: true,
    withTypedArray: true,
  }),
  date,
  fc.constantFrom(undefined, null, NaN, -0, 0, Infinity, -Infinity, -(2n ** 80n)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', '\u2028', '<script>', '__proto__', 'constructor', ''),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 8, maxLength: 16 }).map((bytes) => new DataView(bytes.buffer, 2, 4)),
  fc.uint8Array().map((bytes) => bytes.buffer),
  fc.constantFrom(/hail/giu, /[/\]"]\n/, new RegExp(''), new URL('https://gate.example/a?b=%20#c')),
);

const key = fc.oneof(
  fc.string().filter((name) => name !== '__proto__'),
  fc.constantFrom('constructor', 'toString', 'length', 'then', 'Live', '0', '-1', 'a b'),
);

/** The lists are short, because the comparison of two sets of objects tries every pair. */
const few = { maxLength: 3 };
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), few),
    fc.sparseArray(tie('tree'), { maxNumElements: 3, maxLength: 200 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: false }),
    fc.array(fc.tuple(tie('tree'), tie('tree')), few).map((entries) => new Map(entries)),
    fc.array(tie('tree'), few).map((members) => new Set(members)),
  ),
}));

/** Containers tied to each other at random: references repeat and lead back. */
const graph = fc
  .record({
    kinds: fc.array(fc.constantFrom('array', 'object', 'map', 'null'), { minLength: 1, maxLength: 8 }),
    ties: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.string()), { maxLength: 24 }),
    leaves: fc.array(fc.tuple(fc.nat(7), fc.string(), leaf), { maxLength: 8 }),
  })
  .map(({ kinds, ties, leaves }) => {
    const nodes = kinds.map((kind) =>
      kind === 'array'
        ? []
        : kind === 'map'
          ? new Map()
          : kind === 'null'
            ? (Object.create(null) as object)
            : {},
    );
    const put = (index: number, name: string, value: unknown): void => {
      const node = nodes[index % nodes.length]!;
      if (node instanceof Map) node.set(name, value);
      else if (Array.isArray(node)) node.push(value);
      else if (name !== '__proto__') (node as Record<string, unknown>)[name] = value;
    };
    for (const [from, to, name] of ties) put(from, name, nodes[to % nodes.length]);
    for (const [index, name, value] of leaves) put(index, name, value);
    return nodes[0];
  });

function throughJson(data: LiveData): unknown {
  return LiveData.parse(JSON.stringify(data)).unwrap();
}

describe('live data through a queue', () => {
  it('is what it was, whatever it was', () => {
    fc.assert(
      fc.property(tree, (value) => deepStrictEqual(throughJson(LiveData.wrap(value)), value)),
      {
        numRuns: 1000,
      },
    );
  });

  it('keeps cycles and repeated references', () => {
    fc.assert(
      fc.property(graph, (value) => {
        const read = throughJson(LiveData.wrap(value));
        deepStrictEqual(read, value);
        expect(shapeOfReferences(read)).toEqual(shapeOfReferences(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same as a structured clone, or refused', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(fc.oneof(anything, date), (value) => {
        let data;
        try {
          data = LiveData.wrap(value);
        } catch (error) {
          return isLiveswapError(error, 'LIVE_DATA_INVALID');
        }
        deepStrictEqual(throughJson(data), value);
        deepStrictEqual(LiveData.from(structuredClone(data)).unwrap(), value);
        return true;
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps an invalid date', () => {
    expect(throughJson(LiveData.wrap([new Date(NaN)]))).toEqual([new Date(NaN)]);
  });

  it('keeps what two views share, and nothing of the memory around a buffer', () => {
    const memory = new ArrayBuffer(16);
    const views = LiveData.wrap({
      all: new Uint8Array(memory),
      half: new Uint16Array(memory, 8, 2),
    }).unwrap();
    views.all[8] = 7;
    expect(views.half[0]).toBe(7);

    Buffer.from('the password of the armory');
    const order = LiveData.wrap(Buffer.from('advance'));
    expect(order.unwrap()).toEqual(Buffer.from('advance'));
    expect(order.data.length).toBeLessThan(100);
  });

  it('is refused or read, never anything else, when text comes from who knows where', () => {
    const cell = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.tuple(
        fc.constantFrom(
          'Live',
          'LiveData',
          'Buffer',
          'Map',
          'Set',
          'Date',
          'Object',
          'null',
          'Uint8Array',
          'Odd',
        ),
        fc.integer({ min: -8, max: 4 }),
        fc.integer({ min: -8, max: 4 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 5 }), (cells) => {
        try {
          LiveData.parse({ liveData: 'liveswap/1', data: JSON.stringify(cells) }).unwrap();
        } catch (error) {
          return isLiveswapError(error, 'LIVE_DATA_INVALID');
        }
        return Object.keys(Object.prototype).length === 0;
      }),
      { numRuns: 2000 },
    );
  });
});

/** Returns the numbers of the containers in the order of a walk: two graphs with the same references have the same numbers. */
function shapeOfReferences(root: unknown): number[] {
  const numbers = new Map<object, number>();
  const met: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const known = numbers.get(value);
    met.push(known ?? numbers.size);
    if (known !== undefined) return;
    numbers.set(value, numbers.size);
    const children: unknown[] = value instanceof Map ? [...value.values()] : Object.values(value);
    for (const child of children) visit(child);
  };
  visit(root);
  return met;
}
