import { execFileSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mountPlugins } from '../../lib/testing/index.js';
import { runCommand } from '../helpers/run-command.js';
import { linkPackages } from '../helpers/start-project.js';
import { tempFolder } from '../helpers/temp-folder.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

test('the written project has every script that it needs, passes the check, and answers', async () => {
  const folder = await tempFolder();
  const run = await runCommand(folder, 'init', 'My Server!');
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('npm run dev') as string });
  const project = join(folder, 'My Server!');
  const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as Record<
    string,
    object
  >;
  expect(manifest).toMatchObject({
    name: 'my-server',
    scripts: { start: 'liveswap start dist/plugins --port 3000' },
  });
  expect(Object.keys(manifest['scripts'] ?? {})).toEqual(['dev', 'build', 'check', 'start', 'test']);
  expect(await readdir(project)).toEqual(
    expect.arrayContaining(['.gitignore', '.vscode', 'Dockerfile', 'test']),
  );
  expect(await readFile(join(project, 'Dockerfile'), 'utf8')).not.toMatch(/\{\{/);
  const settings = JSON.parse(await readFile(join(project, '.vscode/settings.json'), 'utf8')) as object;
  expect(settings).toEqual({ 'typescript.tsserver.pluginPaths': ['.'] });
  await linkPackages(project);
  expect(await runCommand(project, 'check', 'plugins')).toMatchObject({ code: 0 });
  await using app = await mountPlugins(join(project, 'plugins'));
  expect(await (await app.fetch('http://localhost/Ada')).text()).toBe('Hello, Ada!');
});

test.skipIf(process.platform === 'win32')('the command that it says next can be pasted', async () => {
  const folder = await tempFolder();
  for (const name of ['plain', 'My Server!', `Ada's $HOME`]) {
    const { stdout } = await runCommand(folder, 'init', name);
    const [, cd = ''] = /^Next: (cd .+) && npm install && npm run dev$/m.exec(stdout) ?? [];
    expect(execFileSync('sh', ['-c', `${cd} && pwd`], { cwd: folder, encoding: 'utf8' })).toBe(
      `${join(folder, name)}\n`,
    );
  }
});

test('a host of its own is written where it is asked for', async () => {
  const folder = await tempFolder();
  expect(await runCommand(folder, 'init', '--host')).toMatchObject({ code: 0 });
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['main.js', 'server.js']));
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    scripts: { dev: 'liveswap dev plugins --host server.js', start: 'node main.js' },
  });
  const image = await readFile(join(folder, 'Dockerfile'), 'utf8');
  expect(image).toMatch(/^COPY main\.js server\.js \.\/$[^]*^CMD \["node", "main\.js"\]$/m);
  expect(image).not.toMatch(/\{\{/);
});

test('nothing is overwritten, and then nothing is written', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'tsconfig.json'), '{}');
  const run = await runCommand(folder, 'init');
  expect(run).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tsconfig.json would be overwritten') as string,
  });
  expect(await readdir(folder)).toEqual(['tsconfig.json']);
});

test('a file in place of the folder is refused', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'castle'), '');
  expect(await runCommand(folder, 'init', 'castle')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('that is a file; name a folder') as string,
  });
});

test('npm create makes a project of the same version', async () => {
  const manifestOf = async (
    path: string,
  ): Promise<{ version: string; dependencies: Record<string, string> }> =>
    JSON.parse(await readFile(join(repository, path, 'package.json'), 'utf8')) as never;
  const { version } = await manifestOf('.');
  expect(await manifestOf('packages/create-liveswap')).toMatchObject({
    version,
    dependencies: { liveswap: `^${version}` },
  });
});

test('what follows -- is an argument like any, where no host or server could be given it', async () => {
  const folder = await tempFolder();
  expect(await runCommand(folder, 'init', '--', 'gate')).toMatchObject({ code: 0 });
  expect(await readdir(folder)).toEqual(['gate']);
  const refused = await runCommand(folder, 'ps', '--', 'gate');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('too many arguments') as string });
});
