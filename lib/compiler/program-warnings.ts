import { relative, resolve, sep } from 'node:path';
import { ts } from 'ts-morph';

/** A tsconfig.json, as it stands. */
export interface ReadConfig {
  readonly path: string;
  readonly options: ts.CompilerOptions;
  readonly fileNames: readonly string[];
}

/** A sentence about something that is amiss, and what to do about it. */
export interface ProgramWarning {
  readonly problem: string;
  readonly remedy: string;
}

/** Returns a warning when the app has another TypeScript than liveswap, whose own one checks the types. */
export function unusedVersionWarning(theirs: {
  readonly version: string;
  readonly reason: string;
}): ProgramWarning {
  return {
    problem: `Types are checked with TypeScript ${ts.version}, which liveswap brings; the app's own, ${theirs.version}, cannot be used: ${theirs.reason}.`,
    remedy: `Install typescript@${ts.versionMajorMinor}, or check types with your own and build with --no-typecheck.`,
  };
}

/** Returns a warning where tsc writes what it makes of plugins into the folder of the artifacts. */
export function collisionWarning(
  { options, fileNames }: ReadConfig,
  folder: string,
  outDir: string,
): ProgramWarning | undefined {
  const sources = fileNames.filter((name) => !/\.d\.[cm]?ts$/.test(name)).map((name) => resolve(name));
  const isEmitted = sources.some((name) => name.startsWith(folder + sep));
  if (options.outDir === undefined || options.noEmit || options.emitDeclarationOnly || !isEmitted)
    return undefined;
  const root = options.rootDir ?? commonFolder(sources);
  const emitted = resolve(options.outDir, relative(resolve(root), folder));
  if (!(emitted + sep).startsWith(resolve(outDir) + sep)) return undefined;
  return {
    problem: `tsc writes what it makes of ${folder} to ${emitted}, among the artifacts.`,
    remedy: 'Name another out folder for liveswap build, or leave plugins out of what tsc compiles.',
  };
}

function commonFolder(files: readonly string[]): string {
  const [first = [], ...rest] = files.map((file) => file.split(sep).slice(0, -1));
  const parts = [...first];
  for (const other of rest) {
    const at = parts.findIndex((part, index) => other[index] !== part);
    if (at >= 0) parts.length = at;
  }
  return parts.join(sep) || sep;
}
