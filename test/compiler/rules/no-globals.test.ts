import { expect, test } from 'vitest';
import { noGlobals } from '../../../lib/compiler/rules/no-globals/no-globals.js';
import { checkRule } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

// The cases of this rule are in test/fixtures/rules/no-globals; a fixture holds no JSON.
test('no-globals refuses what changes a JSON module', () => {
  const findings = checkRule(noGlobals, {
    'index.ts': `import settings from './settings.json' with { type: 'json' };
export const live_set = () => {
  settings.retries = 2;
};`,
    'settings.json': `{ "retries": 1 }`,
  });
  expect(findings.map(({ at }) => at)).toEqual(['index.ts:3']);
});

testRulePage(noGlobals);
