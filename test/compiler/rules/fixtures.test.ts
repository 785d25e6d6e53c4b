import { describe, expect, it } from 'vitest';
import { checkFixtures } from '../../helpers/rule-fixtures.js';

const fixtures = checkFixtures('good', 'planted');
const good = fixtures.filter(({ title }) => title.startsWith('good'));
const planted = fixtures.filter(({ title }) => title.startsWith('planted'));

describe('good code, as its authors write it, passes', () => {
  it.each(good)('$title', ({ found }) => expect(found).toEqual([]));
});

describe('a planted fault is found where it is, and nothing else', () => {
  it.each(planted)('$title', ({ found, expected }) => {
    expect(expected).not.toEqual([]);
    expect(found).toEqual(expected);
  });
});
