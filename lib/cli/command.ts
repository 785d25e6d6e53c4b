import { Command } from 'commander';
import { registerBuild } from './build.js';
import { registerCheck } from './check.js';
import { registerContract } from './contract.js';
import { registerControl } from './control/register.js';
import { registerDev } from './dev.js';
import { registerInit } from './init.js';
import { refuseEmpty } from './refuse-empty.js';
import { registerStart } from './start.js';
import type { SetExitCode } from './exit-codes.js';
import { packageVersion } from '../core/package-version.js';

/**
 * Creates the `liveswap` command with its subcommands.
 *
 * @param hostArguments arguments after `--`, for the host or server that is run.
 */
export function createCommand(setExitCode: SetExitCode, hostArguments: readonly string[] = []): Command {
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
  $ liveswap init my-server
  $ liveswap dev src/server.ts
  $ liveswap build plugins/guardian plugins/armory dist/plugins
  $ liveswap dev plugins --host server.ts
  $ liveswap start dist/plugins --port 8080
  $ liveswap check --format sarif plugins > findings.sarif

A plugin is a folder with an index.ts; its name is the folder's name.
Exit codes: 0 fine, 1 there are findings, 2 the command was misused.`,
    )
    .hook('preAction', (_program, subcommand) => refuseEmpty(subcommand))
    .exitOverride();
  registerBuild(command, setExitCode, hostArguments);
  registerCheck(command, setExitCode, hostArguments);
  registerContract(command, setExitCode);
  registerInit(command, setExitCode);
  registerDev(command, setExitCode, hostArguments);
  registerStart(command, setExitCode, hostArguments);
  registerControl(command, setExitCode);
  for (const subcommand of command.commands) {
    subcommand.exitOverride().showHelpAfterError(`(liveswap ${subcommand.name()} --help explains)`);
  }
  return command;
}
