import type { Command } from 'commander';
import type { SetExitCode } from './command.js';
import { addCheckFlags, checkOptions, type CheckFlags } from './flags.js';

/** `liveswap check`: rules and types only. */
export function registerCheck(program: Command, setExitCode: SetExitCode): void {
  addCheckFlags(
    program
      .command('check')
      .summary('look for what a plugin must not do, and for type errors')
      .description('Runs the rules and the type checker over plugins; writes nothing.')
      .argument('<plugin-folder...>', 'plugin folders, or folders of plugin folders'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap check plugins/guardian
  $ liveswap check --format sarif plugins > findings.sarif

One finding is allowed by a comment on the line before it, with a reason:
  // liveswap-ignore no-globals: a cache that may start empty in every version`,
    )
    .action(async (sources: string[], flags: CheckFlags) => {
      const { runCheck } = await import('./run-check.js');
      setExitCode(await runCheck(checkOptions(sources, flags), flags));
    });
}
