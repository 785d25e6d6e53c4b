import { describe, expect, it } from 'vitest';
import { checkFixtures } from '../../helpers/rule-fixtures.js';

const fixtures = checkFixtures(
  'good',
  'planted',
  'no-cross-imports',
  'no-globals',
  'no-long-tasks',
  'no-process-control',
  'plugin-shape',
);
const isRefused = (title: string): boolean => /^planted|\/refused\//.test(title);

describe('good code, as its authors write it, passes', () => {
  it.each(fixtures.filter(({ title }) => !isRefused(title)))('$title', ({ found }) =>
    expect(found).toEqual([]),
  );
});

describe('a planted fault is found where it is, and nothing else', () => {
  it.each(fixtures.filter(({ title }) => isRefused(title)))(
    '$title',
    ({ found, expected, problems, says }) => {
      expect(expected).not.toEqual([]);
      expect(found).toEqual(expected);
      for (const pattern of says) expect(problems).toMatch(pattern);
    },
  );
});
