import { expect, test } from 'vitest';
import { ShapeCheck } from '../../lib/kept/shape-check.js';
import type { Shape } from '../../lib/manifest/shape.js';

class Guard {
  name = 'Ida';
}

/** `interface Cell { at: number; next?: Cell; watch?: Guard }` */
const types = {
  Cell: {
    kind: 'object',
    declared: true,
    fields: [
      { name: 'at', shape: 'number' },
      { name: 'next', shape: { kind: 'ref', name: 'Cell' }, optional: true },
      { name: 'watch', shape: { kind: 'ref', name: 'guard.ts#Guard' }, optional: true },
    ],
  },
} as const;
const cell: Shape = { kind: 'ref', name: 'Cell' };

function faultIn(value: unknown, shape: Shape): string | undefined {
  const check = new ShapeCheck(types, (name) => (name === 'guard.ts#Guard' ? Guard : undefined));
  const fault = check.faultIn(value, shape);
  return fault && `${fault.path}: ${fault.expected}, got ${fault.got}`;
}

test('a value that is deep, large, or leads back to itself is checked once', () => {
  interface Cell {
    at: unknown;
    next?: Cell;
    watch?: unknown;
  }
  const first: Cell = { at: 0 };
  let last = first;
  for (let at = 1; at < 100_000; at++) last = last.next = { at };
  expect(faultIn(first, cell)).toBe(undefined);
  last.next = first;
  expect(faultIn(first, cell)).toBe(undefined);
  last.at = 'the end';
  expect(faultIn(first, cell)).toMatch(/\.at: number, got string$/);
});

test.each<[Shape, unknown, string | undefined]>([
  [{ kind: 'union', members: ['string', 'undefined'] }, undefined, undefined],
  [{ kind: 'union', members: ['string', 'undefined'] }, 5, ': string | undefined, got number'],
  [
    { kind: 'union', members: [{ kind: 'array', element: 'string' }, 'null'] },
    ['a', 1],
    '[1]: string, got number',
  ],
  [{ kind: 'platform', name: 'Map', args: ['string', cell] }, new Map([['a', { at: 1 }]]), undefined],
  [
    { kind: 'platform', name: 'Map', args: ['string', cell] },
    new Map([['a', { at: '1' }]]),
    '.get("a").at: number, got string',
  ],
  [{ kind: 'platform', name: 'Set', args: ['number'] }, new Set(['a']), '.values[0]: number, got string'],
  [
    { kind: 'object', fields: [], indexes: [{ key: 'string', value: 'number' }] },
    { a: 1, b: 'x' },
    '.b: number, got string',
  ],
  [cell, { at: 1, watch: new Guard() }, undefined],
  [cell, { at: 1, watch: {} }, '.watch: guard.ts#Guard, got object'],
  [cell, new Map(), expect.stringContaining('got Map')],
  [
    {
      kind: 'intersection',
      members: ['string', { kind: 'object', fields: [{ name: 'brand', shape: 'any' }] }],
    },
    'Ida',
    undefined,
  ],
  [{ kind: 'literal', value: '12', bigint: true }, 12n, undefined],
])('%j holds for %o: %s', (shape, value, fault) => {
  expect(faultIn(value, shape)).toEqual(fault);
});
