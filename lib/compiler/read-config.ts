import { basename } from 'node:path';
import { ts } from 'ts-morph';
import { LiveswapError } from '../core/errors.js';
import { nativePath } from '../core/paths.js';
import { isSeenEverywhere } from './incremental/edits.js';
import { STUBS_FILE, STUBS_HEAD } from './stubs-file.js';

/** The contents of a tsconfig.json. */
export interface ReadConfig {
  readonly path: string;
  readonly options: ts.CompilerOptions;
  readonly fileNames: readonly string[];
  /** The files among `fileNames` that may declare something for files that do not import them. */
  readonly declarations: readonly string[];
  /** Absolute paths of the file itself and of those that it extends. */
  readonly configs: readonly string[];
  /** Absolute paths of the folders below which it includes files by patterns. */
  readonly folders: readonly string[];
}

/**
 * Reads a tsconfig.json and those that it extends.
 *
 * @throws LiveswapError `OPTION_INVALID` when it cannot be used
 */
export function readConfig(path: string): ReadConfig {
  // A syntax error in the file is reported elsewhere.
  const { error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const problems: ts.Diagnostic[] = error ? [error] : [];
  const extended = new Map<string, ts.ExtendedConfigCacheEntry>();
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => problems.push(diagnostic),
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, undefined, host, extended);
  // Error 18003 is "No inputs were found": the plugin's own files are the input here.
  problems.push(...(parsed?.errors ?? []).filter(({ code }) => code !== 18003));
  const [problem] = problems;
  if (!parsed || problem) {
    const text = problem ? ts.flattenDiagnosticMessageText(problem.messageText, '\n') : 'it cannot be read';
    throw new LiveswapError('OPTION_INVALID', `Cannot use ${path}: ${text}`, { file: path });
  }
  const fileNames = parsed.fileNames.filter((file) => !isStubs(file));
  return {
    path,
    options: parsed.options,
    fileNames,
    declarations: fileNames.filter(declares),
    folders: Object.keys(parsed.wildcardDirectories ?? {}),
    configs: configFilesOf(path, extended),
  };
}

/**
 * Returns the files that a tsconfig.json consists of, and the folders below which it includes files, without a look at those; for
 * one with faults, what can be read of it.
 */
export function extentOf(path: string): Pick<ReadConfig, 'configs' | 'folders'> {
  const extended = new Map<string, ts.ExtendedConfigCacheEntry>();
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    readDirectory: () => [],
    onUnRecoverableConfigFileDiagnostic: () => {},
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, undefined, host, extended);
  return { configs: configFilesOf(path, extended), folders: Object.keys(parsed?.wildcardDirectories ?? {}) };
}

/** Returns the paths of a tsconfig.json and of those that were read because it extends them. */
export function configFilesOf(
  path: string,
  extended: ReadonlyMap<string, ts.ExtendedConfigCacheEntry>,
): string[] {
  // The cache has lower-case keys if the file system ignores case.
  return [
    path,
    ...Array.from(extended.values(), ({ extendedResult }) => nativePath(extendedResult.fileName)),
  ];
}

/** Returns whether a file has the stubs of the last build: the sources are newer. */
function isStubs(path: string): boolean {
  return basename(path) === STUBS_FILE && (ts.sys.readFile(path)?.startsWith(STUBS_HEAD) ?? false);
}

/** Returns whether a file is a declaration file, or declares something for files that do not import it. */
function declares(path: string): boolean {
  if (/\.d\.[cm]?ts$/.test(path)) return true;
  if (!/\.[cm]?tsx?$/.test(path)) return false;
  const text = ts.sys.readFile(path) ?? '';
  // Only a few files are worth parsing.
  const isCandidate =
    /\bdeclare\s+(?:global\b|module\s*["'])/.test(text) || !/^\s*(?:import|export)\b/m.test(text);
  return isCandidate && isSeenEverywhere(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
}
