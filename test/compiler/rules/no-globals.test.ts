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

test('no-globals lets a registry pass that decorators of parameters fill', () => {
  const sources = (call: string) => `const asked: string[] = [];
function ask(name: string) {
  return (_target: object, _key: string | undefined, index: number) => void asked.push(name + index);
}
export class Forge {
  // @ts-expect-error valid with experimentalDecorators
  constructor(@ask('fire') readonly fire: string) {}
  // @ts-expect-error likewise
  smelt(@ask('ore') ore = ${call}) {
    return this.fire + ore;
  }
}`;
  expect(checkRule(noGlobals, sources(`'iron'`))).toEqual([]);
  expect(checkRule(noGlobals, sources(`String(asked.push('iron'))`)).map(({ at }) => at)).toEqual([
    'index.ts:1',
  ]);
});

test.each([
  ['a variable', 'let state = 0;\nexport const live_join = () => ++state;'],
  [
    'a container',
    'const state = new Set<string>();\nexport const live_join = (name: string) => state.add(name).size;',
  ],
  [
    'an instance of a class of its own',
    'class World { age = 0; }\nconst state = new World();\nexport const live_join = () => ++state.age;',
  ],
])('the remedy for %s that calls change is kept', (_what, sources) => {
  const [finding] = checkRule(noGlobals, sources);
  expect(finding?.remedy).toMatch(
    /^Keep it .*`kept\('name', \(\) => .*\)` of liveswap\/plugin, which hands it to the next version/,
  );
});

testRulePage(noGlobals);
