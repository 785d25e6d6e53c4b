import { expect, test } from 'vitest';
import { didYouMean } from '../../lib/core/did-you-mean.js';

const known = ['reloaded', 'reloadFailed', 'closed'];

test.each([
  ['reload-failed', '; did you mean reloadFailed?'],
  ['reloadfailed', '; did you mean reloadFailed?'],
  ['closd', '; did you mean closed?'],
  ['Reloaded', '; did you mean reloaded?'],
  ['version', '; known are reloaded, reloadFailed, closed.'],
  ['', '; known are reloaded, reloadFailed, closed.'],
])('%j is answered by %j', (name, answer) => {
  expect(didYouMean(name, known)).toBe(answer);
});
