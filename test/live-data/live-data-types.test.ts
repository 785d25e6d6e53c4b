import { describe, expect, it } from 'vitest';
import { LiveClasses, LiveData } from '../../lib/live-data/live-data.js';
import { resolveShape, type TupleShape } from '../../lib/manifest/shape.js';
import { readShapes } from '../helpers/read-shapes.js';

class Live_Order {
  declare content: unknown;
}

class Live_Arrow {
  sharp = true;
}

const anyObject = { gate: 'north' };

const accepted: [type: string, ...values: unknown[]][] = [
  ['string', '', 'hail'],
  ['number', 0, NaN, -0, Infinity],
  ['bigint', 1n],
  ['boolean', true, false],
  ['null', null],
  ['undefined', undefined],
  ['object', {}, [], new Date()],
  ['{}', {}, 'hail', 0],
  ['any', null, 1, {}],
  ['unknown', undefined, 'x'],
  ['Date', new Date()],
  ['RegExp', /x/],
  ['URL', new URL('https://gate.example')],
  ['Uint8Array', new Uint8Array(2), Buffer.from('x')],
  ['Uint8Array<ArrayBufferLike>', new Uint8Array(2)],
  ['Buffer', Buffer.from('x')],
  ["import('../../lib/live-data/live-data.js').LiveData<Live_Arrow>", LiveData.wrap(1)],
  ['string[]', [], ['a']],
  ['readonly string[]', ['a']],
  ['(string | number)[]', ['a', 1]],
  ['readonly (string | undefined)[][]', [['a', undefined]]],
  ['Array<number>', [1]],
  ['ReadonlyArray<number>', [1]],
  ['Set<number>', new Set([1])],
  ['Map<string, { shots: number }>', new Map([['a', { shots: 1 }]])],
  ['ReadonlyMap<number, string[]>', new Map([[1, ['a']]])],
  ['Record<string, number>', {}, { a: 1 }],
  ['Record<"a" | "b", number>', { a: 1, b: 2 }],
  ["'red' | 'green'", 'red', 'green'],
  ['"it\'s" | null', "it's", null],
  [String.raw`'it\'s "so"'`, `it's "so"`],
  ['| 1 | -2 | 3n | true', 1, -2, 3n, true],
  ['1.5e3', 1500],
  ['`gate-${number}`', 'gate-1'],
  ['string | undefined', 'a', undefined],
  [
    '{ name: string; shots?: number; }',
    { name: 'a' },
    { name: 'a', shots: 1 },
    { name: 'a', shots: undefined },
  ],
  ['{ name: string }', { name: 'a', other: true }, Object.assign(Object.create(null), { name: 'a' })],
  ["{ 'the gate': string, readonly readonly: number; readonly?: number }", { 'the gate': 'n', readonly: 1 }],
  ['{ [key: string]: number; total: number }', { total: 3, a: 1 }],
  ['{ inner: { deep: { deeper: 1 } } }', { inner: { deep: { deeper: 1 } } }],
  ['[string, number?]', ['a'], ['a', 1], ['a', undefined]],
  ['[first: string, second?: number, ...rest: boolean[]]', ['a'], ['a', 1, true, false]],
  ['[string, ...number[], boolean]', ['a', true], ['a', 1, 2, true]],
  ['readonly []', []],
  ['string & { readonly brand: "Name" }', 'Ironkill'],
  ['{ a: number } & { b: string }', { a: 1, b: 'x' }],
  ['Readonly<{ a: number }>', { a: 1 }],
  ["import('node:net').Socket | null", anyObject, null],
  ['NodeJS.Timeout', anyObject],
  // Types that are not data are not checked.
  ['() => void', 1],
  ['(order: string) => void', 1],
  ['new () => Live_Arrow', 1],
];

const refused: [type: string, value: unknown, path: string, expected: string, got: string][] = [
  ['string', 1, 'content', 'string', 'number'],
  ['number', '1', 'content', 'number', 'string'],
  ['bigint', 1, 'content', 'bigint', 'number'],
  ['null', 0, 'content', 'null', 'number'],
  ['string', null, 'content', 'string', 'null'],
  ['object', null, 'content', 'object', 'null'],
  ['object', 'x', 'content', 'object', 'string'],
  ['{}', null, 'content', '{}', 'null'],
  ['Date', '2020-01-01', 'content', 'Date', 'string'],
  ['Date', {}, 'content', 'Date', 'object'],
  ['Buffer', new Uint8Array(1), 'content', 'Buffer', 'Uint8Array'],
  ['RegExp', new Date(), 'content', 'RegExp', 'Date'],
  ["import('../../lib/live-data/live-data.js').LiveData", {}, 'content', 'LiveData', 'object'],
  ['string[]', 'a', 'content', 'string[]', 'string'],
  ['string[]', { 0: 'a' }, 'content', 'string[]', 'object'],
  ['string[]', ['a', 'b', 3], 'content[2]', 'string', 'number'],
  ['readonly number[][]', [[1], [2, 'x']], 'content[1][1]', 'number', 'string'],
  ['Set<string>', new Set([1]), 'content.values[0]', 'string', 'number'],
  ['Set<string>', ['a'], 'content', 'Set<string>', 'Array'],
  ['Map<string, number>', new Map([['a', '1']]), 'content.get("a")', 'number', 'string'],
  ['Map<string, number>', new Map([[1, 1]]), 'content.keys[0]', 'string', 'number'],
  ['Map<string, number>', {}, 'content', 'Map<string, number>', 'object'],
  ['Record<string, number>', { 'a b': 'x' }, 'content["a b"]', 'number', 'string'],
  ['Record<string, number>', new Map(), 'content', '{ [key: string]: number }', 'Map'],
  ["'red' | 'green'", 'blue', 'content', "'green' | 'red'", "'blue'"],
  ["'red' | 'green'", 1, 'content', "'green' | 'red'", 'number'],
  ['1 | 2', 3, 'content', '1 | 2', '3'],
  ['-1', 1, 'content', '-1', '1'],
  ['true', false, 'content', 'true', 'false'],
  ['1 | null', Object.create(null), 'content', '1 | null', 'object'],
  ['string | undefined', 1, 'content', 'string | undefined', 'number'],
  ['{ name: string; shots?: number }', { name: 'a', shots: 'x' }, 'content.shots', 'number', 'string'],
  ['{ name: string }', {}, 'content.name', 'string', 'undefined'],
  ['{ name: string }', [], 'content', '{ name: string }', 'Array'],
  ['{ name: string }', null, 'content', '{ name: string }', 'null'],
  ['{ name: string }', new Date(), 'content', '{ name: string }', 'Date'],
  ['{ [key: string]: number; total: string }', { total: 'x', a: 'y' }, 'content.a', 'number', 'string'],
  ['{ inner: { deep: string[] } }', { inner: { deep: [1] } }, 'content.inner.deep[0]', 'string', 'number'],
  ['{ a: string } | null', { a: 1 }, 'content.a', 'string', 'number'],
  ['{ a: string } | { b: string }', { c: 1 }, 'content', '{ a: string } | { b: string }', 'object'],
  ['[string, number]', ['a'], 'content', '[string, number]', 'Array'],
  ['[string]', ['a', 'b'], 'content', '[string]', 'Array'],
  ['[string, ...number[], boolean]', ['a', 1, 2], 'content[2]', 'boolean', 'number'],
  ['[string, ...number[], boolean]', ['a', 'b', true], 'content[1]', 'number', 'string'],
  ['string & { readonly brand: "Name" }', 1, 'content', 'string', 'number'],
  ['{ a: number } & { b: string }', { a: 1, b: 2 }, 'content.b', 'string', 'number'],
  ['Live_Arrow', 'sharp', 'content', 'Live_Arrow', 'string'],
  ['Live_Arrow[]', [{ sharp: true }, { sharp: 'very' }], 'content[1].sharp', 'boolean', 'string'],
];

const promoted: [type: string, content: unknown, find: (content: never) => unknown][] = [
  ['Live_Arrow', { sharp: false }, (arrow) => arrow],
  ['Live_Arrow | undefined', { sharp: false }, (arrow) => arrow],
  ['string | Live_Arrow[]', [{ sharp: false }], ([arrow]: unknown[]) => arrow],
  ['[string, Live_Arrow]', ['a', { sharp: false }], ([, arrow]: unknown[]) => arrow],
  ['Set<Live_Arrow>', new Set([{ sharp: false }]), ([arrow]: Set<unknown>) => arrow],
  [
    'Map<string, Live_Arrow>',
    new Map([['a', { sharp: false }]]),
    (map: Map<string, unknown>) => map.get('a'),
  ],
  ['Map<Live_Arrow, 1>', new Map([[{ sharp: false }, 1]]), (map: Map<unknown, 1>) => [...map.keys()][0]],
  ['Record<string, Live_Arrow>', { a: { sharp: false } }, ({ a }: { a: unknown }) => a],
  [
    '{ first: Live_Arrow; n: 1 }',
    { first: { sharp: false }, n: 1 },
    ({ first }: { first: unknown }) => first,
  ],
];

const texts = [...accepted, ...refused, ...promoted].map(([type]) => type);
const { types } = readShapes(
  `class Live_Arrow { sharp = true }\n${texts.map((text, index) => `type Is${index} = [${text}];`).join('\n')}`,
);

/** Revives an order whose `content` is of the type with this text. */
function revive(type: string, content: unknown): unknown {
  const { shape: tuple, types: table } = types.get(String(texts.indexOf(type)))!;
  const place = { file: 'index.ts', line: 1, handles: false };
  const [element] = (resolveShape(tuple, table) as TupleShape).elements;
  const classes = new LiveClasses(
    { Live_Order, Live_Arrow },
    [
      {
        ...place,
        name: 'Live_Order',
        fingerprint: '1',
        fields: [{ name: 'content', type, shape: element!.shape, optional: false }],
      },
      {
        ...place,
        name: 'Live_Arrow',
        fingerprint: '2',
        fields: [{ name: 'sharp', type: 'boolean', shape: 'boolean', optional: false }],
      },
    ],
    table,
  );
  const data = LiveData.from<Live_Order>(LiveData.of('Live_Order', { content }), classes);
  return data.unwrap().content;
}

describe('a field of the newest class', () => {
  it.each(accepted)('of type %s is filled with what is of it', (type, ...values) => {
    for (const value of values) expect(revive(type, value)).toEqual(value);
  });

  it.each(refused)('of type %s is not filled with %o', (type, value, path, expected, got) => {
    expect(() => revive(type, value)).toThrow(
      expect.objectContaining({ code: 'LIVE_DATA_MISMATCH', path, expected, got }),
    );
  });

  it.each(promoted)('of type %s makes live instances of plain objects', (type, content, find) => {
    const arrow = find(revive(type, content) as never);
    expect(arrow).toBeInstanceOf(Live_Arrow);
    expect(arrow).toEqual({ sharp: false });
  });
});
