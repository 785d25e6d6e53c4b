import { Option, type Command } from 'commander';
import { addAdapterFlags } from './adapter-flags.js';
import { addAppCheckFlags, type AppFlags } from './app/flags.js';
import { refuseFiles } from './app/refuse-sources.js';
import type { SetExitCode } from './exit-codes.js';
import { addCheckFlags, addSourceFlags, checkOptions, type CheckCommandFlags } from './flags.js';
import { refuseUnused } from './refuse-unused.js';

/** Registers `liveswap check`, which runs only the rules and the type checker. */
export function registerCheck(
  program: Command,
  setExitCode: SetExitCode,
  appArguments: readonly string[],
): void {
  const command = program
    .command('check')
    .summary('look for what a plugin must not do, and for type errors')
    .description(
      'Runs the rules and the type checker over plugins; writes nothing, but for --fix. With --app, says what becomes of a server at a swap.',
    )
    .argument('<plugin-folder...>', 'plugin folders, or folders of plugin folders')
    .addOption(
      new Option('--watch', 'check again at each change, until interrupted').conflicts([
        'fix',
        'against',
        'app',
      ]),
    );
  for (const add of [addPluginFlags, addCheckFlags, addAdapterFlags, addAppCheckFlags]) add(command);
  command
    .option('--app', 'list the state, timers and consumers of a server as it is, by the file that starts it')
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap check plugins/guardian
  $ liveswap check --fix plugins
  $ liveswap check --watch plugins
  $ liveswap check --format sarif plugins > findings.sarif
  $ liveswap check --against dist/plugins plugins
  $ liveswap check --app src/server.ts

One finding is allowed by a comment on the line before it, with a reason:
  // liveswap-ignore no-globals: a cache that may start empty in every version`,
    )
    .action(async (sources: string[], flags: CheckCommandFlags & AppFlags) => {
      refuseUnused(
        command,
        flags.app
          ? {
              flags: [addPluginFlags, addSourceFlags],
              because: 'with --app, a server is taken as it is',
            }
          : {
              flags: [addAppCheckFlags],
              args: appArguments,
              because: 'that is for a server as it is; add --app, or leave it out',
            },
      );
      if (flags.app) {
        const { runCheckApp } = await import('./app/run-check-app.js');
        return setExitCode(await runCheckApp(sources, appArguments, flags));
      }
      refuseFiles(sources);
      if (flags.watch) {
        const { runCheckWatch } = await import('./run-check-watch.js');
        return setExitCode(await runCheckWatch(checkOptions(sources, flags), flags));
      }
      const { runCheck } = await import('./run-check.js');
      setExitCode(await runCheck(checkOptions(sources, flags), flags));
    });
}

/** Adds the flags of this command that an app does not have. */
function addPluginFlags(command: Command): Command {
  return command
    .option('--fix', 'fix what is safe to fix, then check again')
    .option(
      '--against <folder>',
      'also say what would break of the release whose artifacts are in this folder',
    )
    .option('--contract <file>', 'what the host uses, as `liveswap contract` writes it; with --against');
}
