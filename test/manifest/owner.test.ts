import { expect, onTestFinished, test } from 'vitest';
import { isOwnerGone, ownerName } from '../../lib/manifest/owner.js';

test('a process id without a start time may belong to another process by now', () => {
  expect(isOwnerGone(ownerName(), () => '')).toBeUndefined();
});

test('a process that began at another time has the id of one that is gone', () => {
  const [, start = ''] = ownerName().split('-');
  expect(isOwnerGone(ownerName(), () => `${start}1`)).toBe(true);
  expect(isOwnerGone(ownerName(), () => start)).toBe(start === '' ? undefined : false);
});

test('only Linux tells when a process began: under Wine, its files are those of other processes', () => {
  const { platform } = process;
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
  Object.defineProperty(process, 'platform', { value: 'win32' });
  expect(ownerName()).toMatch(/^\d+--[\da-f]{8}$/);
  expect(isOwnerGone(ownerName())).toBeUndefined();
});
