import { describe, expect, it } from 'vitest';
import { checkInstalled, type RuleFixture } from '../helpers/rule-fixtures.js';

// The packages' own types are used here, because declarations of ours could be more lenient.
const check = (...folders: readonly string[]): RuleFixture[] =>
  checkInstalled(import.meta.dirname, ...folders);
const pages = check('good/packages', 'installed/good');
// liveswap adapts workers of the real bullmq, so there is no fault to report.
const faults = check('planted/clients', 'installed/planted').filter(({ title }) => !/bullmq/.test(title));

describe('the first page of a package passes', () => {
  it('for a hundred pages and more', () => expect(pages.length).toBeGreaterThan(100));

  it.each(pages)('$title', ({ found }) => expect(found).toEqual([]));
});

describe('a client that nothing closes is found, and nothing else', () => {
  it.each(faults)('$title', ({ found, expected, problems, says }) => {
    expect(expected).not.toEqual([]);
    expect(found).toEqual(expected);
    for (const pattern of says) expect(problems).toMatch(pattern);
  });
});
