import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initProject } from '../../lib/init/init-project.js';
import { runCommand } from './run-command.js';
import { tempFolder } from './temp-folder.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Writes the project that `liveswap init` writes, with the packages that it needs. Resolves to its folder. */
export async function startProject(host = false): Promise<string> {
  const project = join(await tempFolder(), 'my-server');
  await initProject(project, { host, version: '0.1.0' });
  await linkPackages(project);
  return project;
}

/** Gives a project the packages that it would have installed. */
export async function linkPackages(project: string): Promise<void> {
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  await symlink(repository, join(project, 'node_modules/liveswap'), 'junction');
  await symlink('../liveswap/lib/cli/bin.js', join(project, 'node_modules/.bin/liveswap'));
  await symlink(join(repository, 'node_modules/@types'), join(project, 'node_modules/@types'), 'junction');
}

/** Builds the plugins of a project into `dist/plugins`, as the pages on deploying do. */
export async function buildProject(project: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand(project, 'build', 'plugins', 'dist/plugins');
  if (code !== 0) throw new Error(`The build ended with ${code}: ${stdout}${stderr}`);
}

/** Builds a release of a project that greets with `words`. */
export async function releaseWords(project: string, words: string): Promise<void> {
  const file = join(project, 'plugins/greeter/index.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/`.*?, /, `\`${words}, `));
  await buildProject(project);
}
