import { expect, test } from 'vitest';
import { counted } from '../../lib/core/counted.js';

test('one of something is no plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'file'))).toEqual(['0 files', '1 file', '2 files']);
  expect(counted(2, 'crash', 'crashes')).toBe('2 crashes');
});
