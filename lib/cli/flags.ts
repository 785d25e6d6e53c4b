import { InvalidArgumentError, Option, type Command } from 'commander';
import type { BuildOptions, CheckOptions } from '../compiler/index.js';
import { adapterOptions, type AdapterFlags } from './adapter-flags.js';

/** Output format of findings. */
export type Format = 'text' | 'json' | 'sarif';

/** Flags of every command that reads sources, as parsed by commander. */
export interface CheckFlags extends AdapterFlags {
  readonly livePrefix?: string;
  readonly include?: RegExp;
  readonly exclude?: RegExp;
  readonly typecheck: boolean;
  readonly format: Format;
  readonly verbose?: boolean;
  readonly debug?: boolean;
}

/** Flags of `liveswap check`. */
export interface CheckCommandFlags extends CheckFlags {
  readonly fix?: boolean;
  /** True to check again at each change. */
  readonly watch?: boolean;
  readonly app?: boolean;
  /** Folder of the artifacts to compare with. */
  readonly against?: string;
  /** File with the contract of the host, as `liveswap contract` writes it. */
  readonly contract?: string;
}

/** Flags of every command that builds. */
export interface BuildFlags extends CheckFlags {
  readonly define?: Record<string, string>;
  readonly external?: string[];
  readonly static?: boolean;
  readonly leaveTemps?: boolean;
  readonly minify?: boolean;
  readonly sourcemap: boolean;
}

/** Adds the flags of {@link CheckFlags}, but for those about adapters. */
export function addCheckFlags(command: Command): Command {
  return addFindingsFlags(addSourceFlags(command))
    .option('-v, --verbose', 'print live symbols, files, and the time of each step')
    .option('--debug', 'print stacks of errors');
}

/** Adds the flags that decide how plugins are read; an app has none of them. */
export function addSourceFlags(command: Command): Command {
  return command
    .option(
      '--live-prefix <prefix>',
      'what the names of live functions and live types start with (default: live_)',
    )
    .option('--include <regexp>', 'files to import as text, by their path in the plugin', toRegExp)
    .option('--exclude <regexp>', 'exceptions to --include', toRegExp);
}

/** Adds the flags that decide which findings are reported, and how they are printed. */
export function addFindingsFlags(command: Command): Command {
  return command
    .option('--no-typecheck', 'do not report type errors')
    .addOption(
      new Option('--format <format>', 'how to print findings')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    );
}

/** Adds the flags of {@link BuildFlags}, but for those about adapters. */
export function addBuildFlags(command: Command): Command {
  return addBundleFlags(addCheckFlags(command));
}

/** Adds the flags that decide how plugins are bundled; an app has none of them. */
export function addBundleFlags(command: Command): Command {
  return command
    .option(
      '--define <KEY=VALUE>',
      'replace a global name by a value, JSON or else a string; may be repeated',
      toDefine,
    )
    .option(
      '--external <package>',
      'import a package at run time instead of bundling it; may be repeated',
      toList,
    )
    .option('--static', 'also write static-plugins.mjs, which links the plugins into the process of the host')
    .option('--minify', 'make the artifacts smaller')
    .option('--no-sourcemap', 'leave the source map out of the artifacts')
    .option('--leave-temps', 'keep the generated entry of each plugin, <name>.entry.ts, beside its artifact');
}

/** Converts flags to options of a check. */
export function checkOptions(sources: readonly string[], flags: CheckFlags): CheckOptions {
  const { livePrefix, include, exclude, typecheck } = flags;
  return {
    sources,
    typecheck,
    ...adapterOptions(flags),
    ...(livePrefix !== undefined && { livePrefix }),
    ...(include && { include }),
    ...(exclude && { exclude }),
  };
}

/** Converts flags to options of a build, except for the output folder. */
export function buildOptions(sources: readonly string[], flags: BuildFlags): Omit<BuildOptions, 'outDir'> {
  const { define, external, leaveTemps, minify, sourcemap } = flags;
  return {
    ...checkOptions(sources, flags),
    ...(define && { define }),
    ...(external && { external }),
    ...(flags.static && { static: true }),
    ...(leaveTemps && { leaveTemps }),
    ...(minify && { minify }),
    sourcemap,
  };
}

function toRegExp(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function toDefine(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('Write it as KEY=VALUE.');
  return { ...earlier, [text.slice(0, separator)]: text.slice(separator + 1) };
}

function toList(text: string, earlier: string[] = []): string[] {
  return [...earlier, text];
}
