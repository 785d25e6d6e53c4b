import { Command } from 'commander';
import { LiveswapError } from '../core/errors.js';

/** Adds a group of flags to a command. */
type AddFlags = (command: Command) => Command;

/** Flags and arguments of a command that have no effect on what it is given. */
export interface Unused {
  readonly flags: readonly AddFlags[];
  /** Arguments after `--`. */
  readonly args?: readonly string[];
  /** The reason, which follows the names: `src/server.js is a server as it is`. */
  readonly because: string;
}

/** @throws LiveswapError `OPTION_INVALID` that names those which are given */
export function refuseUnused(command: Command, { flags, args = [], because }: Unused): void {
  const unused = new Set(flags.flatMap(namesOf));
  const given = command.options
    .filter((option) => unused.has(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    // `--no-adapter` shares its value with `--adapter`, which stands for both.
    .filter(
      (option, at, all) => all.findIndex((one) => one.attributeName() === option.attributeName()) === at,
    )
    .map(({ long }) => long ?? '');
  if (args.length > 0) given.push('what follows --');
  if (given.length === 0) return;
  throw new LiveswapError('OPTION_INVALID', `Cannot use ${given.join(', ')}: ${because}.`, {
    option: given[0] ?? '',
  });
}

/** Returns the names of a group's flags as commander parses them: `adminPort`. */
function namesOf(addFlags: AddFlags): string[] {
  return addFlags(new Command()).options.map((option) => option.attributeName());
}
