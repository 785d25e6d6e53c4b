import { statSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';

/** Flags of an app, as parsed by commander. */
export interface AppFlags {
  readonly files?: string[];
  readonly name?: string;
  readonly threads?: number;
}

export function addAppFlags(command: Command): Command {
  return command
    .option(
      '--files <glob>',
      'what an app reads beside what it imports, such as "views/**"; may be repeated',
      collect,
    )
    .option('--name <name>', 'the name of an app; default: that of its package')
    .option('--threads <n>', 'threads that run an app, on one port', wholeNumber);
}

/** Returns true when an argument is the file that starts a server, rather than a folder of plugins. */
export function isEntry(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function collect(glob: string, before: string[] = []): string[] {
  return [...before, glob];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}
