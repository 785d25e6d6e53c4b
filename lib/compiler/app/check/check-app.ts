import { basename } from 'node:path';
import { collectAppFiles } from '../app-files.js';
import { readSettled } from '../file-snapshot.js';
import { relativePath } from '../../../core/paths.js';
import type { Finding } from '../../rule.js';
import type { AppFiles } from '../collected-files.js';
import { refusalOf } from '../build-app.js';
import { BuildAdapters } from '../../adapters/build-adapters.js';
import { ModuleCompiler } from '../module-compiler.js';
import { refuseNoProcesses } from '../../no-processes.js';
import { AppSources } from './app-sources.js';
import { withoutIgnored } from './ignored-facts.js';
import { packageFacts } from './package-facts.js';
import { stateFacts } from './state-facts.js';
import { fates, type SwapFact } from './swap-fact.js';
import { workFacts } from './work-facts.js';

/** An app that is checked before it is served. */
export interface AppCheckOptions {
  /** The file that starts the server. */
  readonly entry: string;
  /**
   * Files that the app reads besides those that it imports, as globs relative to the folder of the entry's package. Default:
   * none.
   */
  readonly files?: readonly string[];
  /** The arguments in `process.argv` after the entry. Default: none. */
  readonly args?: readonly string[];
  /** Absolute path of the working folder. Default: that of the process. */
  readonly folder?: string;
  /** Modules that tell how to handle packages that take work by themselves. Default: the built-in ones alone. */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /** Works like the option for serving. Default: memory stores begin anew. */
  readonly stores?: 'auto';
  /** True to report type errors as well, where types are checked. Default `true`. */
  readonly typecheck?: boolean;
}

/** The fate of an app's state, timers and consumers at a swap. */
export interface AppCheck {
  /**
   * The facts, sorted by urgency, then by place; without those that a `// liveswap-ignore swap: <reason>` on the line before
   * allows.
   */
  readonly facts: readonly SwapFact[];
  /** Number of the app's own files. */
  readonly files: number;
  /** Warnings about other files that the app may need, and about comments that allow nothing. */
  readonly remarks: readonly string[];
}

/**
 * Checks an app's own files for state and work that a swap loses or treats specially.
 *
 * @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed
 */
export async function checkApp(options: AppCheckOptions): Promise<AppCheck> {
  refuseNoProcesses();
  const app = await filesOf(options, new ModuleCompiler());
  const { facts, findings } = await factsOf(app, options, new AppSources());
  const wrong = findings.map(
    ({ file, line, problem, remedy }) => `${relativePath(app.root, file)}:${line}: ${problem} ${remedy}`,
  );
  return { facts, files: app.table.length, remarks: [...app.remarks, ...wrong] };
}

/** @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed */
export function filesOf(options: AppCheckOptions, compiler: ModuleCompiler): Promise<AppFiles> {
  const { entry, files: patterns = [], args, folder } = options;
  const more = { patterns, also: [], ...(args && { args }), ...(folder !== undefined && { folder }) };
  return readSettled(true, () => collectAppFiles(entry, more, compiler)).catch((error: unknown) => {
    throw refusalOf(error, options);
  });
}

/**
 * Resolves to the facts about an app, and findings about comments that allow none of them.
 *
 * @throws LiveswapError `BUILD_FAILED`, `OPTION_INVALID` when an adapter cannot be used
 */
export async function factsOf(
  app: AppFiles,
  options: AppCheckOptions,
  kept: AppSources,
): Promise<{ readonly facts: readonly SwapFact[]; readonly findings: readonly Finding[] }> {
  const { entry, noAdapters = [], stores } = options;
  const adapters = await BuildAdapters.load(options);
  const sources = kept.read(basename(entry), app, adapters);
  const facts = packageFacts(sources, { adapters: adapters.set, noAdapters, stores });
  const all = [...facts, ...workFacts(sources), ...stateFacts(sources)];
  return withoutIgnored(sources.name, sources.files, all.sort(inOrder));
}

function inOrder(one: SwapFact, other: SwapFact): number {
  return (
    fates.indexOf(one.fate) - fates.indexOf(other.fate) ||
    one.file.localeCompare(other.file) ||
    one.line - other.line ||
    one.column - other.column
  );
}
