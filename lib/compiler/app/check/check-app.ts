import { basename } from 'node:path';
import { collectAppFiles } from '../app-files.js';
import type { AppFiles } from '../collected-files.js';
import { refusalOf } from '../build-app.js';
import { BuildAdapters } from '../../adapters/build-adapters.js';
import { ModuleCompiler } from '../module-compiler.js';
import { AppSources } from './app-sources.js';
import { packageFacts } from './package-facts.js';
import { stateFacts } from './state-facts.js';
import { fates, type SwapFact } from './swap-fact.js';
import { workFacts } from './work-facts.js';

/** An app that is checked before it is served. */
export interface AppCheckOptions {
  /** The file that starts the server. */
  readonly entry: string;
  /** Files that it reads beside what it imports, as globs relative to the folder of the entry's package. Default: none. */
  readonly files?: readonly string[];
  /** Modules that say how packages are handled which take work by themselves. Default: the built-in ones alone. */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /** The same option as for serving. Default: memory stores begin anew. */
  readonly stores?: 'auto';
  /** Report type errors as well, where types are checked. Default `true`. */
  readonly typecheck?: boolean;
}

/** The fate of an app's state, timers and consumers at a swap. */
export interface AppCheck {
  /** Sorted by urgency, then by place. */
  readonly facts: readonly SwapFact[];
  /** Number of its own files. */
  readonly files: number;
  /** Warnings about other files that it may need. */
  readonly remarks: readonly string[];
}

/**
 * Checks an app's own files for state and work that a swap loses or treats specially.
 *
 * @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed
 */
export async function checkApp(options: AppCheckOptions): Promise<AppCheck> {
  const app = await filesOf(options, new ModuleCompiler());
  const facts = await factsOf(app, options, new AppSources());
  return { facts, files: app.table.length, remarks: app.remarks };
}

/** @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed */
export function filesOf(options: AppCheckOptions, compiler: ModuleCompiler): Promise<AppFiles> {
  const { entry, files: patterns = [] } = options;
  return collectAppFiles(entry, { patterns, also: [] }, compiler).catch((error: unknown) => {
    throw refusalOf(error, options);
  });
}

/** @throws LiveswapError `BUILD_FAILED`, `OPTION_INVALID` when an adapter cannot be used */
export async function factsOf(
  app: AppFiles,
  options: AppCheckOptions,
  kept: AppSources,
): Promise<readonly SwapFact[]> {
  const { entry, noAdapters = [], stores } = options;
  const adapters = await BuildAdapters.load(options);
  const sources = kept.read(basename(entry), app, adapters);
  const facts = packageFacts(sources, { adapters: adapters.set, noAdapters, stores });
  const all = [...facts, ...workFacts(sources), ...stateFacts(sources)];
  return all.sort(inOrder);
}

function inOrder(one: SwapFact, other: SwapFact): number {
  return (
    fates.indexOf(one.fate) - fates.indexOf(other.fate) ||
    one.file.localeCompare(other.file) ||
    one.line - other.line ||
    one.column - other.column
  );
}
