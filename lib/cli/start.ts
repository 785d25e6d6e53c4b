import type { Command } from 'commander';
import { LiveswapError } from '../core/errors.js';
import { addAppFlags, isEntry, type AppFlags } from './app/flags.js';
import type { SetExitCode } from './exit-codes.js';

/** `liveswap start`: a server that is reloaded by `liveswap reload`. */
export function registerStart(
  program: Command,
  setExitCode: SetExitCode,
  appArguments: readonly string[],
): void {
  addAppFlags(
    program
      .command('start')
      .summary('run a server that can be reloaded')
      .description(
        'Runs a server as it is: its code is replaced while it serves, by `liveswap reload --wait` or SIGHUP.',
      )
      .argument('<entry>', 'the file that starts the server')
      .usage('[options] <entry> [-- <arguments of the server...>]'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap start dist/server.js
  $ liveswap start dist/server.js --files "views/**" -- --port 8080
  $ liveswap reload --wait        exit 0 when the new code serves, 1 with the reason when it was refused

SIGTERM and Ctrl-C let requests end; a second one ends it now.`,
    )
    .action(async (entry: string, flags: AppFlags) => {
      if (!isEntry(entry))
        throw new LiveswapError(
          'OPTION_INVALID',
          `Cannot start ${entry}: it is no file; name the file that starts your server.`,
          {
            option: 'entry',
          },
        );
      const { runApp } = await import('./app/run-app.js');
      const code = await runApp({ entry, args: appArguments, flags, watch: false });
      setExitCode(code);
    });
}
