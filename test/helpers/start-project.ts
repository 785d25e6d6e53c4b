import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initProject } from '../../lib/init/init-project.js';
import { tempFolder } from './temp-folder.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Writes the project that `liveswap init` writes, beside the packages it needs. Returns its folder. */
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
