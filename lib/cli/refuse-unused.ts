import type { Command } from 'commander';
import { LiveswapError } from '../core/errors.js';

/** Flags and arguments of a command that have no effect on what it is given. */
export interface Unused {
  /** Names of the flags, as commander parses them: `adminPort`. */
  readonly flags: readonly string[];
  /** Arguments after `--`. */
  readonly args?: readonly string[];
  /** The reason, which follows the names: `src/server.js is a server as it is`. */
  readonly because: string;
}

/** @throws LiveswapError `OPTION_INVALID` that names those which are given */
export function refuseUnused(command: Command, { flags, args = [], because }: Unused): void {
  const given = command.options
    .filter((option) => flags.includes(option.attributeName()))
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
