import { expect, test } from 'vitest';
import { despitePassingCauses } from '../../lib/core/despite-passing-causes.js';
import { LiveswapError, type ErrorCode } from '../../lib/core/errors.js';

/** Returns a change that is refused for these causes, one for each try, and then succeeds. */
function refusedFor(causes: readonly ErrorCode[]): { change: () => Promise<string>; tries: () => number } {
  let tries = 0;
  const change = async (): Promise<string> => {
    const code = causes[tries++];
    if (code === undefined) return 'done';
    throw new LiveswapError('RELOAD_FAILED', 'No.', { cause: new LiveswapError(code, 'No.') });
  };
  return { change, tries: () => tries };
}

test.each<[string, readonly ErrorCode[]]>([
  ['nothing', []],
  ['conflicts in the data bag', ['BAG_CONFLICT', 'BAG_CONFLICT', 'BAG_CONFLICT']],
  ['a version that is late', ['START_TIMEOUT']],
  ['both', ['START_TIMEOUT', 'BAG_CONFLICT']],
])('a change that is refused for %s is done in the end', async (_what, causes) => {
  const { change, tries } = refusedFor(causes);
  expect(await despitePassingCauses(change)).toBe('done');
  expect(tries()).toBe(causes.length + 1);
});

test.each<[string, readonly ErrorCode[], number]>([
  ['a version that is late again', ['START_TIMEOUT', 'START_TIMEOUT'], 2],
  ['anything else', ['START_FAILED'], 1],
])('a change that is refused for %s is given up', async (_what, causes, most) => {
  const { change, tries } = refusedFor(causes);
  await expect(despitePassingCauses(change)).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
  expect(tries()).toBe(most);
});
