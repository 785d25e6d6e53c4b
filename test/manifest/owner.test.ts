import { expect, test } from 'vitest';
import { isOwnerGone, ownerName } from '../../lib/manifest/owner.js';

test('a process id without a start time may belong to another process by now', () => {
  expect(isOwnerGone(ownerName(), () => '')).toBeUndefined();
});

test('a process that began at another time has the id of one that is gone', () => {
  const [, start = ''] = ownerName().split('-');
  expect(isOwnerGone(ownerName(), () => `${start}1`)).toBe(true);
  expect(isOwnerGone(ownerName(), () => start)).toBe(start === '' ? undefined : false);
});
