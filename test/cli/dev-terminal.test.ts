import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openTerminal } from '../helpers/open-terminal.js';
import { command } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

// The test starts the command, which starts a compiler, threads and a watcher.
vi.setConfig({ testTimeout: 120_000 });

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
  await lines.next(/^swapped {2}in \d+ ms, generation 1: herald: ok$/);
  await lines.next(/^ready {4}watching plugins; Ctrl-C ends$/);
  await showsLast(/^generation 1, 0 calls$/);

  await edit(says('hark'));
  await lines.next(/^saved {4}plugins\/herald\/call\.ts$/);
  await lines.next(/^live {5}/);
  await showsLast(/^generation 2, 0 calls$/);

  await edit(`export async function live_call(): Promise<string> { return 3; }\n`);
  await lines.next(/^plugins\/herald\/call\.ts:1:54 types: Type 'number' is not assignable to type 'string'/);
  await lines.next(/^herald refused, 1 finding in 1 file$/);
  await showsLast(/^generation 2, 0 calls$/);

  await edit(`let times = 0;\nexport async function live_call() { return String(times++); }\n`);
  await lines.next(/^plugins\/herald\/call\.ts:1:5 no-globals: /);
  await showsLast(/^generation 2, 0 calls$/);

  await edit(says('once more'));
  await lines.next(/^live {5}/);
  await showsLast(/^generation 3, 0 calls$/);

  await writeFiles(folder, { 'plugins/forge/index.ts': definition });
  await lines.next(/^built {4}forge@/);
  await showsLast(/^generation 4, 0 calls$/);

  await rm(join(folder, 'plugins/forge'), { recursive: true });
  await lines.next(/^removed {2}forge$/);
  await showsLast(/^generation 5, 0 calls$/);

  type('\u0003');
  await lines.next(/stopping what is pending may finish/);
  await expect(exited).resolves.toEqual([0, null]);
  // It was never left behind among the others, and has colours.
  expect(lines.lines.filter((line) => /^generation \d/.test(line))).toEqual([]);
  expect(written()).toContain('\u001B[32mbuilt');
});
