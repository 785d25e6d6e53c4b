import { expect, test } from 'vitest';
import { quietMsFor, type Patience } from '../../lib/files/patience.js';
import { Signs } from '../../lib/files/signs.js';

const patience: Patience = { quietMs: 15, manyMs: 50, halfMs: 100, longestMs: 500 };

test('a change of several files is waited for longer than that of one, and a file that is gone the longest', () => {
  const one = { isHalf: false, files: new Set(['/armory/index.ts']) };
  const two = { isHalf: false, files: new Set(['/armory/index.ts', '/armory/deps.ts']) };
  expect(quietMsFor(one, patience)).toBe(15);
  expect(quietMsFor(two, patience)).toBe(50);
  expect(quietMsFor({ ...two, isHalf: true }, patience)).toBe(100);
});

test('only the paths of signs since the start of naming are named, once', () => {
  const signs = new Signs(patience);
  signs.add('/armory/before.ts');
  expect([...signs.takeNamed()]).toEqual([]);
  signs.startNaming();
  signs.add('/armory/during.ts');
  signs.add();
  expect([...signs.takeNamed()]).toEqual(['/armory/during.ts']);
  signs.add('/armory/after.ts');
  expect([...signs.takeNamed()]).toEqual([]);
});

test('it is quiet at once when the first sign is too long ago, although they go on', async () => {
  const signs = new Signs(patience);
  signs.add();
  await signs.quiet(performance.now() - patience.longestMs, 60_000, new AbortController().signal);
});

test('waiting for quiet ends with its signal', async () => {
  const signs = new Signs({ longestMs: 60_000 });
  signs.add();
  const closing = new AbortController();
  const quiet = signs.quiet(performance.now(), 60_000, closing.signal);
  closing.abort();
  await expect(quiet).rejects.toThrow(/aborted/);
});
