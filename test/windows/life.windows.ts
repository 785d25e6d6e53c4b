import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BuildSession } from '../../lib/compiler/index.js';
import { watchFiles } from '../../lib/files/watch-files.js';
import { LineLog } from '../helpers/line-log.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { command, runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const says = (text: string) => `export async function live_call() { return '${text}'; }\n`;

/** Writes a plugin on the drive of the temporary files, which is not liveswap's, and opens a session that builds it. */
async function openWorkshop() {
  const folder = await tempFolder();
  await writeFiles(folder, { 'plugins/herald/index.ts': definition, 'plugins/herald/call.ts': says('hear') });
  const outDir = join(folder, 'artifacts');
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir });
  onTestFinished(() => session.close());
  return { folder, outDir, session, file: join(folder, 'plugins/herald/call.ts') };
}

test('a plugin is built, loaded, called, reloaded, rolled back and closed', async () => {
  const { folder, outDir, session, file } = await openWorkshop();
  expect(await session.build()).toMatchObject([{ name: 'herald', state: 'built' }]);
  const swapper = openSwapper(outDir, { keep: 1 });
  expect(String(await swapper.load())).toBe('herald: ok');
  expect(await swapper.call('live_call')).toBe('hear');
  await writeFiles(folder, { 'plugins/herald/call.ts': says('hark') });
  expect(await session.rebuild([file])).toMatchObject([{ state: 'built' }]);
  expect(String(await swapper.reload())).toBe('herald: ok');
  expect(await swapper.call('live_call')).toBe('hark');
  await swapper.rollback();
  expect(await swapper.call('live_call')).toBe('hear');
  await swapper.close();
});

test('a changed file is the same one, whatever the case of its drive letter', async () => {
  const { folder, session, file } = await openWorkshop();
  await session.build();
  await writeFiles(folder, { 'plugins/herald/call.ts': says('hark') });
  const lowerCase = file.replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
  expect(lowerCase).not.toBe(file);
  expect(await session.rebuild([lowerCase])).toMatchObject([{ state: 'built' }]);
});

test('the sources of a plugin on another drive keep their names and their text', async () => {
  const { outDir, session } = await openWorkshop();
  await session.build();
  const artifact = await readFile(join(outDir, 'herald.plugin.mjs'), 'utf8');
  const [, encoded = ''] = /sourceMappingURL=data:[^,]*,(\S+)/.exec(artifact) ?? [];
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as {
    sources: string[];
    sourcesContent: (string | null)[];
  };
  const at = map.sources.findIndex((source) => source.endsWith('herald/call.ts'));
  expect(map.sources[at]).not.toContain('liveswap:');
  expect(map.sourcesContent[at]).toBe(says('hear'));
});

test('SARIF names a file on another drive by a URL, and its drive as URLs do', async () => {
  const { folder } = await openWorkshop();
  await writeFiles(folder, { 'plugins/herald/call.ts': `export const n: number = 'one';\n` });
  const { code, stdout } = await runCommand(
    process.cwd(),
    'check',
    '--format',
    'sarif',
    join(folder, 'plugins'),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/"uri": *"file:\/\/\/[A-Z]:\/[^"]*\/herald\/call\.ts"/);
});

test('a watch notices a save in place', async () => {
  const { folder, file } = await openWorkshop();
  const seen = new Set<string>();
  const watching = await watchFiles(
    [join(folder, 'plugins')],
    async (changed) => {
      for (const path of changed) seen.add(path);
    },
    (error) => {
      throw error;
    },
  );
  onTestFinished(() => watching.close());
  await writeFiles(folder, { 'plugins/herald/call.ts': says('hark') });
  await expect.poll(() => [...seen]).toEqual([file]);
});

test('`liveswap reload` reaches a swapper by its named pipe', async () => {
  const { folder, outDir, session, file } = await openWorkshop();
  vi.stubEnv('LIVESWAP_SOCKETS', join(folder, 'sockets'));
  await session.build();
  const swapper = openSwapper(outDir, { control: true });
  await swapper.load();
  await writeFiles(folder, { 'plugins/herald/call.ts': says('hark') });
  await session.rebuild([file]);
  const { code, stdout, stderr } = await runCommand(folder, 'reload', '--wait');
  expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: 'herald: ok', stderr: '' });
  expect(await swapper.call('live_call')).toBe('hark');
});

test('`liveswap dev` swaps in what is saved', async () => {
  const { folder } = await openWorkshop();
  const child = spawn(command.file, [...command.args, 'dev', 'plugins'], {
    cwd: folder,
    env: quietEnv(),
    stdio: 'pipe',
  });
  const exited = once(child, 'exit') as Promise<[code: number | null]>;
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  // At `exit`, the last output may still be on its way.
  const lines = new LineLog(once(child, 'close'));
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => lines.add(line));
  await lines.next(/^ready {4}watching plugins/);
  await writeFiles(folder, { 'plugins/herald/call.ts': says('hark') });
  await expect(lines.next(/herald swapped in [\d.]+ m?s$/)).resolves.toBeDefined();
});
