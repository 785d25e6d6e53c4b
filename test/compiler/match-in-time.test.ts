import { expect, test } from 'vitest';
import { matchesInTime } from '../../lib/compiler/match-in-time.js';

test('an expression matches anywhere in a path, however often it is asked', () => {
  const sticky = /\.html$/g;
  expect([1, 2, 3].map(() => matchesInTime('include', sticky, 'pages/gate.html'))).toEqual([
    true,
    true,
    true,
  ]);
  expect(matchesInTime('include', sticky, 'pages/gate.ts')).toBe(false);
});

test('one that would take years is refused by name', () => {
  const path = `${'a'.repeat(60)}!.txt`;
  expect(() => matchesInTime('include', /^(a+)+$/, path)).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      option: 'include',
      message: expect.stringContaining('/^(a+)+$/ has not matched aaaa'),
    }),
  );
});
