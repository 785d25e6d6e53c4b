import { expect, test } from 'vitest';
import { noProcessControl } from '../../../lib/compiler/rules/no-process-control/no-process-control.js';
import { checkRule } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

// The cases of this rule are in test/fixtures/rules/no-process-control, but for those that are not valid TypeScript.
const untyped = (source: string) =>
  checkRule(noProcessControl, source, { typecheck: false }).map(({ at }) => at);

test('no-process-control knows process where Node has no types', () => {
  expect(untyped(`import { exit } from 'node:process-typo';\nexport const leave = () => exit(1);`)).toEqual(
    [],
  );
  expect(untyped(`declare const process: any;\nexport const leave = () => process.exit(1);`)).toEqual([
    'index.ts:2',
  ]);
});

testRulePage(noProcessControl);
