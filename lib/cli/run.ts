import { CommanderError } from 'commander';
import { isLiveswapError, messageOf, type ErrorCode } from '../core/errors.js';
import { createCommand } from './command.js';
import { complain } from './complain.js';
import { exitCodes } from './exit-codes.js';

/** Codes of errors for input that the command cannot use. */
const misuses: readonly ErrorCode[] = ['OPTION_INVALID', 'NO_PLUGINS', 'PLUGIN_DUPLICATE', 'CONTROL_FAILED'];

/** Commands that pass on what follows `--` to a host or a server. To all others, these are arguments like any. */
const passing: ReadonlySet<string | undefined> = new Set(['build', 'check', 'dev', 'start']);

/** Runs the command; returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const isPassing = passing.has(args[0]) && args.includes('--');
  const separator = isPassing ? args.indexOf('--') : args.length;
  const outcome: { code: number } = { code: exitCodes.ok };
  const command = createCommand(
    (code) => {
      outcome.code = code;
    },
    args.slice(separator + 1),
  );
  try {
    await command.parseAsync(args.slice(0, separator), { from: 'user' });
    return outcome.code;
  } catch (error) {
    // Commander has already printed the error, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.misuse;
    if (args.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    else complain(textOf(error));
    return misuses.some((code) => isLiveswapError(error, code)) ? exitCodes.misuse : exitCodes.findings;
  }
}

function textOf(error: unknown): string {
  // Of a folder that a deploy has replaced, the platform says no more than that something does not exist.
  return (error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd'
    ? 'The folder in which this command runs was deleted; go to one that exists (cd), and run it again.'
    : messageOf(error);
}
