import { join } from 'node:path';
import { findingOf } from '../../lib/compiler/diagnostics/esbuild-messages.js';
import { expect, test } from 'vitest';
import { countOf, findingsAsText, type Finding } from '../../lib/compiler/index.js';
import { codeFrame } from '../../lib/compiler/diagnostics/code-frame.js';
import { buildFailed } from '../../lib/compiler/diagnostics/build-failed.js';
import { plain } from '../../lib/compiler/diagnostics/paint.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const source = ['let sword = 1;', 'function draw(', '\tlength: number,', ') {', '  return length;', '}'].join(
  '\n',
);

const excerptOf = (text: string) => ({ first: 1, lines: text.split('\n') });

const finding = {
  rule: 'no-globals',
  plugin: 'armory',
  file: '/armory/index.ts',
  line: 1,
  column: 5,
  endLine: 1,
  endColumn: 10,
  problem: 'This changes.',
  remedy: 'Keep it elsewhere.',
} satisfies Finding;

test('a code frame underlines a span of several lines, tabs and all', () => {
  const span = { line: 2, column: 10, endLine: 4, endColumn: 2 };
  expect(codeFrame(excerptOf(source), span, plain).split('\n')).toEqual([
    '  1 | let sword = 1;',
    '> 2 | function draw(',
    '    |          ^^^^^',
    '> 3 |  length: number,',
    '    |  ^^^^^^^^^^^^^^^',
    '> 4 | ) {',
    '    | ^',
    '  5 |   return length;',
  ]);
});

test('a long span is cut, and an empty one at the end of the file still has its mark', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');
  const frame = codeFrame(excerptOf(lines), { line: 8, column: 1, endLine: 18, endColumn: 3 }, plain);
  expect(frame.split('\n').filter((line) => line.startsWith('>'))).toHaveLength(6);
  expect(codeFrame(excerptOf('call('), { line: 1, column: 6, endLine: 1, endColumn: 6 }, plain)).toBe(
    '> 1 | call(\n    |      ^',
  );
});

test('every part of a diagnostic is given its role', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'index.ts': source });
  const file = join(folder, 'index.ts');
  const text = findingsAsText([{ ...finding, file }], (role, piece) => `<${role}>${piece}</>`);
  expect(text.split('\n')).toEqual([
    `<place>${file}:1:5</> <rule>no-globals</>: This changes.`,
    '<remedy>  Keep it elsewhere.</>',
    '',
    '<gutter>> 1 |</> let sword = 1;',
    '<gutter>    |</>     <mark>^^^^^</>',
    '<gutter>  2 |</> function draw(',
    '',
    '<gutter>  https://unpkg.com/liveswap/docs/rules/no-globals.md; where it is wrong: // liveswap-ignore no-globals: <reason></>',
    '',
  ]);
});

test('a finding in a file that is gone is printed without its code', () => {
  expect(findingsAsText([{ ...finding, rule: 'types' }])).toBe(
    '/armory/index.ts:1:5 types: This changes.\n  Keep it elsewhere.\n',
  );
});

test('a finding shows the text that was judged, whatever the file says by now', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'index.ts': 'let shield = 2;' });
  const file = join(folder, 'index.ts');
  const text = findingsAsText([{ ...finding, file, rule: 'types', excerpt: excerptOf('let sword = 1;') }]);
  expect(text).toContain('> 1 | let sword = 1;');
  expect(text).not.toContain('shield');
});

test('the error of a build shows the first findings and counts the rest', () => {
  const error = buildFailed(Array.from({ length: 7 }, (_, index) => ({ ...finding, line: index + 1 })));
  expect(error.message.split('\n')).toEqual([
    'Cannot build armory: 7 findings.',
    ...[1, 2, 3, 4, 5].map(
      (line) => `  /armory/index.ts:${line}:5 no-globals: This changes. Keep it elsewhere.`,
    ),
    '  … and 2 more',
    `(BUILD_FAILED: ${error.page})`,
  ]);
  expect(error['findings']).toHaveLength(7);
});

test('findings are counted with their files', () => {
  expect(countOf([finding])).toBe('1 finding in 1 file');
  expect(countOf([finding, finding, { ...finding, file: '/armory/shield.ts' }])).toBe(
    '3 findings in 2 files',
  );
});

test.each([
  ['nobody/gate', /^Install nobody, /],
  ['@ida/nobody/gate', /^Install @ida\/nobody, /],
  ['#gate', /^Name a file .*`imports`/],
  ['@/gate', /^Name a file .*`paths`/],
  ['~/gate', /^Name a file .*`paths`/],
])('a module %j that is missing has the remedy of its kind', (missing, remedy) => {
  const message = {
    id: '',
    pluginName: '',
    text: `Could not resolve "${missing}"`,
    location: null,
    notes: [],
    detail: undefined,
  };
  expect(findingOf(message, { name: 'guardian', folder: '/plugins/guardian' }).remedy).toMatch(remedy);
});
