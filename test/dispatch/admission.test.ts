import { expect, test } from 'vitest';
import { Admission, type Dispatch } from '../../lib/dispatch/admission.js';
import type { Call } from '../../lib/dispatch/call.js';

const newer: Dispatch = () => {};
const successor: Dispatch = () => {};

test('at first every call is for here', () => {
  const admission = new Admission();
  expect(admission.elsewhere({ pinned: false })).toBeUndefined();
  expect(admission.letsIn({} as Call)).toBe(true);
});

test('a newer version takes what is not pinned', () => {
  const admission = new Admission();
  admission.newer = newer;
  expect(admission.elsewhere({ pinned: false })).toBe(newer);
  expect(admission.elsewhere({ pinned: true })).toBeUndefined();
});

test('a successor takes every call, whichever of the two is named first', () => {
  const admission = new Admission();
  admission.successor = successor;
  admission.newer = newer;
  expect([true, false].map((pinned) => admission.elsewhere({ pinned }))).toEqual([successor, successor]);
});

test('a closed gate lets in the calls that it admits', () => {
  const admission = new Admission();
  const own = {} as Call;
  admission.closeGate((call) => call === own, undefined, []);
  expect([own, {} as Call].map((call) => admission.letsIn(call))).toEqual([true, false]);
});
