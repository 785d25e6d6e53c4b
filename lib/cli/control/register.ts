import type { Command } from 'commander';
import type { SetExitCode } from '../exit-codes.js';
import type { ChangeFlags, ControlFlags, ReloadFlags } from './flags.js';

/** Registers the commands that talk to a running swapper: `ps`, `status`, `why`, `reload`, `rollback`, `events`. */
export function registerControl(program: Command, setExitCode: SetExitCode): void {
  const aimed = (name: string, summary: string): Command =>
    program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option('--dir <folder>', 'the swapper of this plugin folder, project or entry')
      .option('--socket <path>', 'the swapper at this control socket')
      .option('--json', 'print JSON');
  const change = (name: string, summary: string): Command =>
    aimed(name, summary)
      .option('--wait', 'exit when it is current (0), or was refused (1)')
      .option('--drop-kept', 'do not move what plugins keep: it begins anew');

  aimed('ps', 'list the running swappers of this user').action(async (flags: ControlFlags) =>
    (await commands()).ps(flags),
  );
  aimed('status', 'show plugins, versions, threads, and what drains and why').action(
    async (flags: ControlFlags) => (await commands()).status(flags),
  );
  aimed('why', 'show what keeps each old version of a plugin alive')
    .argument('<plugin>', 'its name')
    .action(async (plugin: string, flags: ControlFlags) =>
      setExitCode(await (await commands()).why(plugin, flags)),
    );
  change('reload', 'load what is in the plugin folder now')
    .option('--force [plugin...]', 'start afresh without new bytes, everything or these plugins')
    .action(async (flags: ReloadFlags) => setExitCode(await (await commands()).reload(flags)));
  change('rollback', 'go back to the generation before').action(async (flags: ChangeFlags) =>
    setExitCode(await (await commands()).rollback(flags)),
  );
  aimed('events', 'print what happens')
    .option('--follow', 'until interrupted, or the swapper is closed', true)
    .action(async (flags: ControlFlags) => (await commands()).events(flags));
}

/** Imports the commands only when one of them is called. */
const commands = async () => import('./commands.js');
