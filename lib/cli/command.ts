import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { registerBuild } from './build.js';
import { registerCheck } from './check.js';
import { registerDev } from './dev.js';

/** Sets what the process will exit with. */
export type SetExitCode = (code: number) => void;

/** The `liveswap` command with its sub-commands. */
export function createCommand(setExitCode: SetExitCode): Command {
  const command = new Command('liveswap')
    .description(
      'Zero-downtime hot reloading for Node.js servers: builds plugins into artifacts that a running host loads.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .showHelpAfterError('(liveswap <command> --help explains)')
    .configureHelp({ sortSubcommands: true })
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap build plugins/guardian plugins/armory dist/plugins
  $ liveswap dev plugins --host server.ts
  $ liveswap check --format sarif plugins > findings.sarif

A plugin is a folder with an index.ts; its name is the folder's name.
Exit codes: 0 fine, 1 there are findings, 2 the command was misused.`,
    )
    .exitOverride();
  registerBuild(command, setExitCode);
  registerCheck(command, setExitCode);
  registerDev(command, setExitCode);
  for (const subcommand of command.commands) {
    subcommand.exitOverride().showHelpAfterError(`(liveswap ${subcommand.name()} --help explains)`);
  }
  return command;
}

/** The version of this package. */
export function packageVersion(): string {
  const manifest = new URL(import.meta.resolve('liveswap/package.json'));
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
