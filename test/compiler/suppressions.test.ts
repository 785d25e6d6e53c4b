import { Project, SyntaxKind } from 'ts-morph';
import { expect, test } from 'vitest';
import type { PluginSources, Rule } from '../../lib/compiler/rule.js';
import { runRules } from '../../lib/compiler/run-rules.js';

const project = new Project({ useInMemoryFileSystem: true });

/** A rule that refuses every variable. */
const noVariables: Rule = {
  name: 'no-variables',
  summary: 'variables',
  check: (plugin, report) => {
    for (const file of plugin.files) {
      for (const variable of file.getVariableDeclarations())
        report(variable.compilerNode, `There is ${variable.getName()}.`, 'Remove it.');
    }
  },
};

/** A rule that refuses every number. */
const noNumbers: Rule = {
  name: 'no-numbers',
  summary: 'numbers',
  check: (plugin, report) => {
    for (const file of plugin.files) {
      for (const number of file.getDescendantsOfKind(SyntaxKind.NumericLiteral))
        report(number.compilerNode, `There is ${number.getText()}.`, 'Remove it.');
    }
  },
};

function findingsIn(source: string, rules: readonly Rule[] = [noVariables]) {
  const file = project.createSourceFile('/herald/index.ts', source, { overwrite: true });
  const plugin: PluginSources = {
    name: 'herald',
    folder: '/herald',
    files: [file],
    root: file,
    project,
    otherPlugins: new Map(),
    adapterOf: () => undefined,
    livePrefix: 'live_',
  };
  return runRules(plugin, rules).map(({ rule, line, column, problem }) => ({
    rule,
    line,
    column,
    problem,
  }));
}

test('a suppression with a reason allows what is on the next line, and only there', () => {
  const source = `
    // liveswap-ignore no-variables: it is a constant of nature
    const pi = 3;
    const tau = 6;
  `;
  expect(findingsIn(source)).toEqual([
    { rule: 'no-variables', line: 4, column: 11, problem: 'There is tau.' },
  ]);
});

test('a suppression without a reason allows nothing, and is a finding', () => {
  expect(findingsIn(`  // liveswap-ignore no-variables:\nconst pi = 3;`)).toEqual([
    { rule: 'no-variables', line: 2, column: 7, problem: 'There is pi.' },
    {
      rule: 'suppressions',
      line: 1,
      column: 3,
      problem: 'This suppression of no-variables gives no reason.',
    },
  ]);
});

test.for([
  ['of an unknown rule', 'no-magic: because', 'There is no rule called no-magic.'],
  ['of no rule', '', 'This suppression names no rule.'],
  ['of type errors', 'types: because', 'There is no rule called types.'],
] as const)('a suppression %s is a finding', ([, comment, problem]) => {
  expect(findingsIn(`// liveswap-ignore ${comment}\nexport {};`)).toEqual([
    { rule: 'suppressions', line: 1, column: 1, problem },
  ]);
});

test('a suppression that is not needed is a finding', () => {
  expect(findingsIn(`// liveswap-ignore no-variables: just in case\nexport {};`)).toMatchObject([
    { rule: 'suppressions', problem: 'The next line does not break no-variables.' },
  ]);
});

test('a suppression in a file with CRLF line ends has its reason read', () => {
  expect(findingsIn('// liveswap-ignore no-variables: a constant\r\nconst pi = 3;\r\n')).toEqual([]);
});

test('text that only looks like a suppression is none', () => {
  expect(findingsIn('export const help = `\n// liveswap-ignore no-variables: why\n`;')).toMatchObject([
    { rule: 'no-variables', line: 1 },
  ]);
  expect(findingsIn('/*\n// liveswap-ignore no-variables: why\nconst pi = 3;\n*/\nexport {};')).toEqual([]);
});

test('a suppression is one wherever a comment may stand', () => {
  const needless = { rule: 'suppressions', problem: 'The next line does not break no-variables.' };
  const source = `
    export function hail() { // at the gate
      // liveswap-ignore no-variables: just in case
    }
    // liveswap-ignore no-variables: at the very end`;
  expect(findingsIn(source)).toMatchObject([
    { ...needless, line: 3 },
    { ...needless, line: 5 },
  ]);
});

test.for([
  ['has a comment for each', '// liveswap-ignore no-variables: one\n// liveswap-ignore no-numbers: two'],
  ['has one that lists them', '// liveswap-ignore no-variables, no-numbers: both'],
])('a line that breaks several rules %s', ([, comments]) => {
  const rules = [noVariables, noNumbers];
  expect(findingsIn(`${comments}\nconst pi = 3;`, rules)).toEqual([]);
  expect(findingsIn(`${comments}\nconst pi = Math.PI;`, rules)).toMatchObject([
    { rule: 'suppressions', problem: 'The next line does not break no-numbers.' },
  ]);
});

test('a list of rules says which of them there is not', () => {
  expect(findingsIn('// liveswap-ignore no-variables, no-magic: both\nconst pi = 3;')).toMatchObject([
    { rule: 'suppressions', problem: 'There is no rule called no-magic.' },
  ]);
});
