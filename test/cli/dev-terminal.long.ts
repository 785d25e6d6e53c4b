import { expect, test } from 'vitest';
import { openTerminal } from '../helpers/open-terminal.js';
import { command } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const says = (text: string) => `export async function live_call() { return '${text}'; }\n`;

test('on a terminal the last line says how things stand, and all that happens comes above it', async () => {
  const folder = await tempFolder();
  const edit = (text: string) => writeFiles(folder, { 'plugins/herald/call.ts': text });
  await writeFiles(folder, { 'plugins/herald/index.ts': definition });
  await edit(says('hear'));
  const { lines, showsLast, type, exited, written } = openTerminal(folder, command.file, [
    ...command.args,
    'dev',
    'plugins',
  ]);
  await lines.next(/^\d\d:\d\d:\d\d herald swapped in [\d.]+ m?s$/);
  await lines.next(/^ready {4}watching plugins; Ctrl-C ends$/);
  await showsLast(/^generation 1, 0 calls$/);

  await edit(says('hark'));
  await lines.next(/^\d\d:\d\d:\d\d herald swapped in /);
  await showsLast(/^generation 2, 0 calls$/);

  await edit(`export async function live_call(): Promise<string> { return 3; }\n`);
  await lines.next(/^plugins\/herald\/call\.ts:1:54 types: Type 'number' is not assignable to type 'string'/);
  await lines.next(/^\d\d:\d\d:\d\d herald: 1 finding, serving [0-9a-f]{8}$/);
  await showsLast(/^herald: 1 finding, serving [0-9a-f]{8}$/);
  expect(written()).toContain('\u001B[31mherald: 1 finding, serving');

  await edit(says('once more'));
  await lines.next(/^\d\d:\d\d:\d\d herald swapped in /);
  await showsLast(/^generation 3, 0 calls$/);

  type('h');
  await lines.next(/^keys {5}h shows this, q ends$/);
  type('\u0003');
  await lines.next(/stopping what is pending may finish/);
  await expect(exited).resolves.toEqual([0, null]);
  // The status line was never left behind among the others, and has colours.
  expect(lines.lines.filter((line) => /^generation \d/.test(line))).toEqual([]);
  expect(written()).toContain('\u001B[32mherald swapped');
});

test('r starts the host anew with the code that is on disk, and q ends', async () => {
  const folder = await tempFolder();
  const host = (text: string) =>
    `export default () => { console.log('opened ${text}'); return () => console.log('closed ${text}'); };`;
  await writeFiles(folder, { 'plugins/herald/index.ts': definition, 'server.ts': host('one') });
  const args = [...command.args, 'dev', 'plugins', '--host', 'server.ts'];
  const { lines, type, exited } = openTerminal(folder, command.file, args);
  await lines.next(/^opened one$/);
  await lines.next(/^ready/);
  await writeFiles(folder, { 'server.ts': host('two') });
  await lines.next(/^host {5}server\.ts changed/);
  type('r');
  await lines.next(/^closed one$/);
  await lines.next(/^opened two$/);
  await lines.next(/^host {5}started anew$/);
  type('q');
  await lines.next(/^closed two$/);
  await expect(exited).resolves.toEqual([0, null]);
});

test('a refused save stands apart from the one before, is counted once, and stays red until it is mended', async () => {
  const folder = await tempFolder();
  const edit = (text: string) => writeFiles(folder, { 'plugins/herald/call.ts': text });
  await writeFiles(folder, { 'plugins/herald/index.ts': definition });
  await edit(says('hear'));
  const args = [...command.args, 'dev', 'plugins'];
  const { lines, showsLast, type, exited } = openTerminal(folder, command.file, args);
  await lines.next(/^ready/);
  const from = lines.lines.length;

  const counted = (name: string) =>
    `let times = 0;\nexport async function live_${name}(): Promise<string> { return times++; }\n`;
  for (const name of ['call', 'shout']) {
    await edit(counted(name));
    await lines.next(/^\d\d:\d\d:\d\d herald: 2 findings, serving [0-9a-f]{8}$/);
    await showsLast(/^herald: 2 findings, serving [0-9a-f]{8}$/);
  }
  const told = lines.lines.slice(from);
  const heads = told.filter((line) => /^plugins\/|^\d\d:\d\d:\d\d /.test(line));
  const save = ['call.ts:1:5 no-globals', 'call.ts:2:', 'herald: 2 findings'];
  expect(heads).toEqual([...save, ...save].map((text) => expect.stringContaining(text) as string));
  expect(told[0]).toBe('');
  expect(told[told.findIndex((line) => /^\d\d:/.test(line)) + 1]).toBe('');
  expect(told.filter((line) => /findings? in \d/.test(line))).toEqual([]);

  await edit(says('hark'));
  await lines.next(/^\d\d:\d\d:\d\d herald swapped in /);
  await showsLast(/^generation 2, 0 calls$/);
  type('q');
  await expect(exited).resolves.toEqual([0, null]);
});
