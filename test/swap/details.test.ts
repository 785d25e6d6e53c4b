import { expect, test } from 'vitest';
import { createDetails } from '../../lib/swap/details.js';

test('details read well as text, also of plugins that are called like what objects inherit', () => {
  const details = createDetails([
    ['toString', 'ok'],
    ['__proto__', 'relinked'],
    ['constructor', 'unchanged'],
  ]);
  expect(String(details)).toBe('toString: ok, __proto__: relinked, constructor: unchanged');
  expect(Object.entries(details)).toEqual([
    ['toString', 'ok'],
    ['__proto__', 'relinked'],
    ['constructor', 'unchanged'],
  ]);
  expect(createDetails([['guardian', 'ok']]).toString()).toBe('guardian: ok');
});
