import { cp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runProgram, type RunningProgram } from './run-program.js';
import { tempFolder } from './temp-folder.js';

const repository = resolve(import.meta.dirname, '../..');

/** Runs `command` of Node in a copy of `examples/<name>`, whose sources can be edited. */
export async function runExample(
  name: string,
  command: readonly string[] = ['host.js'],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const folder = join(await tempFolder(), name);
  await cp(join(repository, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](dist|node_modules)([\\/]|$)/.test(path.slice(repository.length)),
  });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return runProgram(folder, [process.execPath, ...command], { PORT: '0', ...env });
}
