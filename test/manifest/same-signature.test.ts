import { expect, test } from 'vitest';
import { sameSignature } from '../../lib/manifest/same-signature.js';

test('signatures are the same whatever their parameters are called', () => {
  expect(sameSignature('(name: string) => string', '(knight: string) => string')).toBe(true);
  expect(
    sameSignature(
      '(a: number, b?: (x: string) => void, ...rest: string[]) => void',
      '(one: number, two?: (y: string) => void, ...more: string[]) => void',
    ),
  ).toBe(true);
  expect(sameSignature('(größe: number) => string', '(menge: number) => string')).toBe(true);
});

test.for([
  ['(name: string) => string', '(name: number) => string'],
  ['(name: string) => string', '(name?: string) => string'],
  ['(name: string) => string', '(name: string) => number'],
  ['(order: { id: number; note: string }) => void', '(order: { id: number; text: string }) => void'],
  [`(text: 'a, b: c') => void`, `(text: 'a, d: c') => void`],
  ['(order: { id: number }) => void', '(order: { id?: number }) => void'],
] as const)('%s is not %s', ([left, right]) => {
  expect(sameSignature(left, right)).toBe(false);
});
