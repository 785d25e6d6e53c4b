import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { LiveswapError } from '../../core/errors.js';
import type { CarriedFile } from '../../manifest/files-block.js';
import { compileModules, pathBelow } from './compile-modules.js';
import { findOwnModules, type OwnModule } from './own-files.js';

/** What an app is made of. */
export interface AppFiles {
  /** Absolute path of the folder that all of it is in. */
  readonly root: string;
  /** The entry, relative to the root, with forward slashes. */
  readonly entry: string;
  readonly carried: readonly CarriedFile[];
  /** What a thread has to know of each. */
  readonly table: readonly AppFile[];
  /** Folders that were taken whole, relative to the root. */
  readonly folders: readonly string[];
}

/** One file of an app; see `FrozenFile`, which reads it. */
interface AppFile {
  readonly path: string;
  readonly format?: OwnModule['format'];
  readonly code?: string;
  readonly imports?: Readonly<Record<string, string>>;
}

const MODULE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const COMPILED = '.liveswap-compiled/';

/**
 * Collects an app's own files: what its entry reaches by `import` and `require` outside of `node_modules`, the package.json of each
 * package among them, and what `patterns` name.
 *
 * @param patterns globs, relative to the folder of the entry's package.
 * @throws LiveswapError `OPTION_INVALID` when there is no such file.
 */
export async function collectAppFiles(entry: string, patterns: readonly string[]): Promise<AppFiles> {
  const main = await realpath(resolve(entry)).catch((cause: unknown) => {
    throw new LiveswapError(
      'OPTION_INVALID',
      `There is no ${resolve(entry)} to start; name the file that starts your server.`,
      {
        option: 'entry',
        cause,
      },
    );
  });
  const home = await packageFolder(dirname(main));
  const named = await globFiles(patterns, home);
  const modules = await findOwnModules([
    main,
    ...named.filter((path) => MODULE.test(path) && !isDeclaration(path)),
  ]);
  const packages = new Set(await Promise.all(modules.map(({ path }) => packageFolder(dirname(path)))));
  const manifests = await existing([...packages].map((folder) => join(folder, 'package.json')));
  const root = commonFolder([home, ...packages]);
  const compiled = await compileModules(modules, main);
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const paths = [...new Set([...byPath.keys(), ...named, ...manifests])].sort();
  const files = await Promise.all(
    paths.map(async (path) => fileOf(root, path, byPath.get(path), compiled.get(path), await readFile(path))),
  );
  return {
    root,
    entry: pathBelow(root, main),
    carried: files.flatMap(({ carried }) => carried),
    table: files.map(({ file }) => file),
    folders: wholeFolders(patterns).map((folder) => pathBelow(root, join(home, folder))),
  };
}

function fileOf(
  root: string,
  path: string,
  module: OwnModule | undefined,
  code: Uint8Array | undefined,
  bytes: Uint8Array,
): { readonly file: AppFile; readonly carried: readonly CarriedFile[] } {
  const place = pathBelow(root, path);
  const codePlace = `${COMPILED}${place}.js`;
  const imports = Object.entries(module?.imports ?? {}).map(([name, target]) => [
    name,
    pathBelow(root, target),
  ]);
  const file: AppFile = {
    path: place,
    ...(module && { format: module.format }),
    ...(code && { code: codePlace }),
    ...(imports.length > 0 && { imports: Object.fromEntries(imports) as Record<string, string> }),
  };
  return { file, carried: [{ path: place, bytes }, ...(code ? [{ path: codePlace, bytes: code }] : [])] };
}

async function globFiles(patterns: readonly string[], cwd: string): Promise<string[]> {
  if (patterns.length === 0) return [];
  return glob([...patterns], { cwd, absolute: true, dot: true, ignore: ['**/node_modules/**'] });
}

/** Folders of which a pattern takes everything. */
function wholeFolders(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => /^([^*?{}[\]!()]+)\/\*\*(?:\/\*)?$/.exec(pattern)?.[1] ?? []);
}

/** The nearest folder that has a package.json; the folder itself when none above has one. */
async function packageFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await existing([join(at, 'package.json')])).length > 0) return at;
    if (dirname(at) === at) return folder;
  }
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return found.filter((path) => path !== undefined);
}

/** The deepest folder that all of them are in. */
function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    let at = common;
    while (folder !== at && !folder.startsWith(at.endsWith(sep) ? at : at + sep) && dirname(at) !== at)
      at = dirname(at);
    return at;
  });
}

function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}
