import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { LiveswapError } from '../core/errors.js';
import { refuseJitless } from '../core/refuse-jitless.js';
import { addAdapterFlags } from './adapter-flags.js';
import { addAppFlags, isEntry, type AppFlags } from './app/flags.js';
import { refuseServerFolder } from './app/refuse-sources.js';
import { goOnWithoutOutput } from './closed-output.js';
import type { SetExitCode } from './exit-codes.js';
import { refuseUnused } from './refuse-unused.js';
import { addAdminFlags, addFolderFlags, type ServeFlags } from './start/flags.js';

/** Registers `liveswap start`, which runs a server that `liveswap reload` can reload. */
export function registerStart(
  program: Command,
  setExitCode: SetExitCode,
  appArguments: readonly string[],
): void {
  const command = program
    .command('start')
    .summary('run a server that can be reloaded')
    .description(
      'Runs a server as it is, or serves the web apps of built plugins: the code is replaced while it serves, by `liveswap reload --wait` or SIGHUP.',
    )
    .argument('<entry-or-folder>', 'the file that starts the server, or a folder of artifacts')
    .usage('[options] <entry-or-folder> [-- <arguments of the server...>]');
  for (const add of [addAdapterFlags, addAppFlags, addFolderFlags, addAdminFlags]) add(command);
  command
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap start dist/server.js
  $ liveswap start dist/server.js --files "views/**" -- --port 8080
  $ liveswap start dist/server.js --admin-port 9000
  $ liveswap start release --root .          what liveswap build --app has made, with the packages that are here
  $ liveswap start dist/plugins --port 8080
  $ liveswap start dist/plugins --mount /=web --mount /api=api --admin-port 9000
  $ liveswap reload --wait        exit 0 when the new code serves, 1 with the reason when it was refused

SIGTERM and Ctrl-C let requests end; again after a second, it ends now.`,
    )
    .action(async (target: string, flags: AppFlags & ServeFlags) => {
      refuseJitless('liveswap start');
      goOnWithoutOutput();
      const startApp = async (): Promise<void> => {
        refuseUnused(command, {
          flags: [addFolderFlags],
          because: `${target} is a server as it is, which listens by itself; that is for a folder of plugins`,
        });
        const { runApp } = await import('./app/run-app.js');
        const { adminPort: port, adminHostname: hostname } = flags;
        const admin = port === undefined ? undefined : { port, hostname };
        setExitCode(await runApp({ entry: target, args: appArguments, flags, watch: false, admin }));
      };
      if (isEntry(target)) return startApp();
      if (!existsSync(target))
        throw new LiveswapError(
          'OPTION_INVALID',
          `Cannot start ${target}: it is not there; name the file that starts your server, or the folder of artifacts.`,
          { option: 'target' },
        );
      const { appIn } = await import('../app/app-source.js');
      if (await appIn(target)) return startApp();
      const { artifactNamesIn } = await import('../manifest/artifact.js');
      if ((await artifactNamesIn(target)).length === 0) await refuseServerFolder(target, 'start');
      refuseUnused(command, {
        flags: [addAppFlags, addAdapterFlags],
        args: appArguments,
        because: `${target} is a folder of plugins, and that is for a server as it is; options of plugins are in the module that --config names`,
      });
      const { runStart } = await import('./start/run-start.js');
      return setExitCode(await runStart(target, flags));
    });
}
