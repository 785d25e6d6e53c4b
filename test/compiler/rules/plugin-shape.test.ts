import { expect, test } from 'vitest';
import { pluginShape } from '../../../lib/compiler/rules/plugin-shape/plugin-shape.js';
import { checkRule, type CheckOptions, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

// The cases of this rule are in test/fixtures/rules/plugin-shape, but for those without a root module, or with options.

/** Returns the positions of the rule's findings, as `index.ts:3`. */
function findings(sources: Sources, options?: CheckOptions): string[] {
  return checkRule(pluginShape, sources, options).map(({ at }) => at);
}

const root = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** Returns a sound root with a file of live symbols beside it. */
const beside = (jobs: string) => ({ 'index.ts': root, 'jobs.ts': jobs });

test.for<[title: string, sources: Sources]>([
  ['a plugin without a root', { 'jobs.ts': `export const shots = 1;` }],
  ['a root deeper down', { 'src/index.ts': root }],
])('plugin-shape refuses %s', ([, sources]) => {
  expect(findings(sources)).toEqual(['index.ts:1']);
});

test('plugin-shape refuses live names by the prefix that is set, and only those', () => {
  const sources = beside(
    `async function hot_salute() {}\nasync function live_salute() {}\nvoid [hot_salute, live_salute];`,
  );
  expect(findings(sources, { livePrefix: 'hot_' })).toEqual(['jobs.ts:1']);
});

test('plugin-shape tells the place of the other one of two live names', () => {
  const [finding] = checkRule(pluginShape, {
    'index.ts': root,
    'jobs/a.ts': `\nexport async function live_salute() {}`,
    'jobs/b.ts': `export async function live_salute() {}`,
  });
  expect(finding).toMatchObject({
    at: 'jobs/b.ts:1',
    code: 'live_salute',
    problem: 'Live function live_salute is also declared at jobs/a.ts:2.',
  });
});

test('plugin-shape accepts a root that does not resolve liveswap, by the name it imports', () => {
  const sources = `import { definePlugin } from "liveswap/plugin";\nexport default definePlugin({ unknown: missing });`;
  expect(findings(sources, { typecheck: false })).toEqual([]);
});

testRulePage(pluginShape);
