import { spawn } from 'node:child_process';
import { on } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { filesOfPage } from '../helpers/files-of-page.js';
import { freePort } from '../helpers/free-port.js';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

test('the lines of the README run: a request, an edit, a build, a signal or a command, and the next request is answered anew', async () => {
  const port = await freePort();
  const files = await filesOfPage('README.md');
  expect(Object.keys(files)).toEqual(['plugins/guardian/index.ts', 'server.mjs']);
  const folder = await tempFolder();
  vi.stubEnv('LIVESWAP_SOCKETS', join(folder, 'sockets'));
  onTestFinished(() => void vi.unstubAllEnvs());
  await writeFiles(folder, {
    ...files,
    'server.mjs': files['server.mjs']?.replaceAll('8080', String(port)) ?? '',
  });
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');

  await build(folder);
  const server = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill());
  const printed = on(createInterface({ input: server.stdout }), 'line');
  expect((await printed.next()).value).toEqual([`http://localhost:${port}/Ironkill`]);
  expect(await ask(port)).toBe('Who goes there, Ironkill?');

  const plugin = files['plugins/guardian/index.ts']?.replace('Who goes there', 'Pass') ?? '';
  await writeFiles(folder, { 'plugins/guardian/index.ts': plugin });
  await build(folder);
  server.kill('SIGHUP');
  expect((await printed.next()).value).toEqual(['guardian: ok']);
  expect(await ask(port)).toBe('Pass, Ironkill?');

  await writeFiles(folder, { 'plugins/guardian/index.ts': plugin.replace('Pass', 'Hail') });
  await build(folder);
  expect(await runCommand(folder, 'reload', '--wait', '--dir', 'dist/plugins')).toMatchObject({ code: 0 });
  expect(await ask(port)).toBe('Hail, Ironkill?');
});

async function build(folder: string): Promise<void> {
  expect(await runCommand(folder, 'build', 'plugins', 'dist/plugins')).toMatchObject({ code: 0 });
}

async function ask(port: number): Promise<string> {
  const response = await fetch(`http://localhost:${port}/Ironkill`);
  return response.text();
}
