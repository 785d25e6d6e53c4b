import { expect, test } from 'vitest';
import { amongNames, didYouMean } from '../../lib/core/did-you-mean.js';

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

test.each([
  ['reloadfailed', '; did you mean reloadFailed? It has reloaded, reloadFailed, closed.'],
  ['version', '; it has reloaded, reloadFailed, closed.'],
])('%j is answered by %j where the names are worth reading', (name, answer) => {
  expect(amongNames(name, known, 'it has')).toBe(answer);
});

test('no more names are listed than one reads', () => {
  const many = Array.from({ length: 25 }, (_, index) => `live_${index}`);
  expect(amongNames('version', many)).toMatch(/^; there are live_0, .*live_19 and 5 more\.$/);
  expect(amongNames('version', [])).toBe('; there are none.');
});
