import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ServeAppOptions } from '../../app/options.js';
import { isFile } from '../../core/is-file.js';
import { adapterOptions, type AdapterFlags } from '../adapter-flags.js';

/** Flags of an app, as parsed by commander. */
export interface AppFlags extends AdapterFlags {
  readonly files?: string[];
  readonly name?: string;
  readonly threads?: number;
  readonly stores?: 'auto';
  readonly plugins?: string;
  readonly ready?: 'evaluated';
  readonly warm?: string;
  readonly exclusive?: boolean;
  readonly exclusiveStart?: boolean;
  readonly root?: string;
}

/** Adds the flags that decide what is in an app's artifact. */
export function addAppBuildFlags(command: Command): Command {
  return addAppCheckFlags(command)
    .option('--name <name>', 'the name of an app; default: that of its package')
    .option('--exclusive', 'let requests of an app wait while a version hands over to the next')
    .option('--exclusive-start', 'and also while the next one starts: the old version has ended before');
}

/** Adds the flags that decide what becomes of an app's own files, and of what it has in memory. */
export function addAppCheckFlags(command: Command): Command {
  return command
    .option(
      '--files <glob>',
      'what an app reads beside what it imports, such as "views/**"; may be repeated',
      collect,
    )
    .addOption(
      new Option('--stores <how>', 'keep the sessions and counters that an app has in memory').choices([
        'auto',
      ]),
    );
}

/** Adds the flags of {@link AppFlags}, but for those about adapters. */
export function addAppFlags(command: Command): Command {
  return addAppBuildFlags(command)
    .option('--root <folder>', "where the files and packages of an app's artifact are; default: above it")
    .option('--plugins <folder>', 'plugins beside an app, in the same swapper: artifacts; for dev, sources')
    .addOption(
      new Option('--ready <when>', 'let an app be current that no longer listens where it did').choices([
        'evaluated',
      ]),
    )
    .option('--warm <path>', 'ask a new version of an app for this path before it is current')
    .option('--threads <n>', 'threads that run an app, on one port', wholeNumber);
}

/**
 * Returns true when an argument is the file that starts a server, rather than a folder of plugins.
 * @throws LiveswapError `OPTION_INVALID` when it cannot be looked at
 */
export function isEntry(path: string): boolean {
  return isFile(path, 'source');
}

/** Returns the flags of an app as options. */
export function appOptions({ warm, ...flags }: AppFlags): ServeAppOptions {
  const { files, name, threads, stores, ready, exclusiveStart, root } = flags;
  const exclusive = exclusiveStart ? 'start' : flags.exclusive;
  return {
    ...(files && { files }),
    ...(name !== undefined && { name }),
    ...(threads !== undefined && { threads }),
    ...(stores && { stores }),
    ...(ready && { ready }),
    ...(root !== undefined && { root }),
    ...(exclusive && { exclusive }),
    ...(warm !== undefined && { warm: { path: warm } }),
    ...adapterOptions(flags),
  };
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
