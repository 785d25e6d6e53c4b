import { expect, test } from 'vitest';
import { diskRemedy } from '../../lib/core/disk-remedy.js';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test('the remedy for a full disk is told also where the error is the cause of another', () => {
  expect(diskRemedy(full)).toBe('make room on that disk');
  expect(diskRemedy(new Error('Cannot write gate.plugin.mjs', { cause: full }))).toBe(
    'make room on that disk',
  );
});

test('an error that does not tell what to do has no remedy', () => {
  expect(diskRemedy(Object.assign(new Error('EACCES'), { code: 'EACCES' }))).toBeUndefined();
  expect(diskRemedy(new Error('no space'))).toBeUndefined();
});
