import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, type SetExitCode } from './exit-codes.js';
import { packageVersion } from '../core/package-version.js';

/** Registers `liveswap init`, which writes a project to begin with. */
export function registerInit(program: Command, setExitCode: SetExitCode): void {
  program
    .command('init')
    .summary('write a project to begin with')
    .description(
      'Writes a project: two plugins of which one is a web app, a test, scripts, a Dockerfile and the settings of VS Code. It overwrites nothing.',
    )
    .argument('[folder]', 'the folder of the project', '.')
    .option('--host', 'also write a host of your own, instead of serving by `liveswap start`', false)
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap init my-server
  $ liveswap init my-server --host`,
    )
    .action(async (folder: string, { host }: { readonly host: boolean }) => {
      const { initProject } = await import('../init/init-project.js');
      const files = await initProject(folder, { host, version: packageVersion() });
      for (const file of files) process.stdout.write(`  ${file}\n`);
      const cd = resolve(folder) === process.cwd() ? '' : `cd ${quoted(folder)} && `;
      process.stdout.write(`\nNext: ${cd}npm install && npm run dev\n`);
      setExitCode(exitCodes.ok);
    });
}

/** Returns a path as one word of a shell. */
function quoted(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path;
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
