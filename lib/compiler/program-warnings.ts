import { dirname, resolve } from 'node:path';
import { ts } from 'ts-morph';
import { foldersAbove, isWithin, relativePath } from '../core/paths.js';
import type { ReadConfig } from './read-config.js';

/** A sentence about a problem, and what to do about it. */
export interface ProgramWarning {
  readonly problem: string;
  readonly remedy: string;
}

/** Returns a warning if the app's TypeScript differs from that of liveswap, which then checks the types. */
export function unusedVersionWarning(theirs: {
  readonly version: string;
  readonly reason: string;
}): ProgramWarning {
  return {
    problem: `Types are checked with TypeScript ${ts.version}, which liveswap brings; the app's own, ${theirs.version}, cannot be used: ${theirs.reason}.`,
    remedy: `Install typescript@${ts.versionMajorMinor}, or check types with your own and build with --no-typecheck.`,
  };
}

/** Returns a warning if tsc writes its output for plugins into the artifact folder. */
export function collisionWarning(
  { options, fileNames }: Pick<ReadConfig, 'options' | 'fileNames'>,
  folder: string,
  outDir: string,
): ProgramWarning | undefined {
  const sources = fileNames.filter((name) => !/\.d\.[cm]?ts$/.test(name)).map((name) => resolve(name));
  const isEmitted = sources.some((name) => isWithin(name, folder));
  if (options.outDir === undefined || options.noEmit || options.emitDeclarationOnly || !isEmitted)
    return undefined;
  const root = options.rootDir ?? commonFolder(sources);
  const emitted = resolve(options.outDir, relativePath(resolve(root), folder));
  if (!isWithin(emitted, resolve(outDir))) return undefined;
  return {
    problem: `tsc writes its output for ${folder} to ${emitted}, among the artifacts.`,
    remedy: 'Name another out folder for liveswap build, or exclude plugins from what tsc compiles.',
  };
}

/** Returns a warning if the bundle may have other modules than those whose types are checked. */
export function suffixWarning({ moduleSuffixes = [] }: ts.CompilerOptions): ProgramWarning | undefined {
  const suffixes = moduleSuffixes.filter((suffix) => suffix !== '');
  if (suffixes.length === 0) return undefined;
  return {
    problem: `A bundle does not follow moduleSuffixes (${suffixes.join(', ')}): it may have other files than those whose types are checked.`,
    remedy: 'Import such a file by its whole name, and leave moduleSuffixes out.',
  };
}

/** Returns a warning if JSX, which the project leaves to another tool, needs a `React` that is not there. */
export function jsxWarning(
  { jsx, jsxFactory, reactNamespace }: ts.CompilerOptions,
  texts: readonly string[],
): ProgramWarning | undefined {
  if (jsx !== ts.JsxEmit.Preserve || jsxFactory !== undefined || reactNamespace !== undefined)
    return undefined;
  const hasJsx = (text: string): boolean => /<\/|\/>/.test(text);
  if (!texts.some((text) => hasJsx(text) && !/\bReact\b|@jsx/.test(text))) return undefined;
  return {
    problem:
      'With "jsx": "preserve", JSX becomes calls of React.createElement, and a file with JSX does not import React.',
    remedy: 'Set "jsx" to "react-jsx" in the tsconfig.json of the plugins, or import React there.',
  };
}

function commonFolder([first = '', ...rest]: readonly string[]): string {
  const common = foldersAbove(first).find((folder) => rest.every((file) => isWithin(file, folder)));
  return common ?? dirname(first);
}
