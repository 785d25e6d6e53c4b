import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { packageFolder } from '../../core/package-folder.js';
import { foldersAbove, isPackaged, isWithin, relativePath } from '../../core/paths.js';
import type { CarriedFile } from '../../manifest/files-block.js';
import { existingAmong } from './existing-files.js';
import type { AppFile, AppFiles } from './collected-files.js';
import { entryFile } from './entry-file.js';
import type { ModuleCompiler } from './module-compiler.js';
import { namedByCode } from './named-by-code.js';
import { OwnModules } from './own-files.js';
import type { OwnModule } from './own-module.js';
import { FileSnapshot, unsettled } from './file-snapshot.js';
import { remarksOn } from './remarks.js';

const MODULE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const COMPILED = '.liveswap-compiled/';
/** Files to take in addition to those that are reachable from the entry. */
export interface MoreFiles {
  /** Globs, relative to the folder of the app's package. */
  readonly patterns: readonly string[];
  /** Absolute paths of modules; those that are gone are left out. */
  readonly also: readonly string[];
  /** Arguments of the entry: of a command of a package, modules among them are the app's own. Default: none. */
  readonly args?: readonly string[];
  /** Absolute path of the working folder: a command of a package serves the package there. Default: that of the process. */
  readonly folder?: string;
}

/** The modules of an app and what they name. */
interface Found {
  readonly modules: readonly OwnModule[];
  readonly named: ReadonlySet<string>;
  readonly folders: readonly string[];
  readonly tooLarge: readonly string[];
  /** Returns the text of a module as it was when its imports were read. */
  readonly textOf: (path: string) => string | undefined;
}

/**
 * Collects an app's own files: modules outside `node_modules` that its entry reaches by `import` and `require`, the package.json
 * of each package, files that code names beside itself, and files that are requested by option. If the entry is a command of a
 * package (`node_modules/.bin/fastify`), the app consists of the modules that the command is given.
 *
 * @throws LiveswapError `OPTION_INVALID` when there is no such file, `BUILD_FAILED` when files keep changing
 */
export async function collectAppFiles(
  entry: string,
  { patterns, also, args = [], folder = process.cwd() }: MoreFiles,
  compiler: ModuleCompiler,
): Promise<AppFiles> {
  const main = await entryFile(entry);
  const isCommand = isPackaged(main);
  const place = isCommand ? folder : dirname(main);
  const home = packageFolder(place) ?? place;
  const given = isCommand ? modulesAmong(args.map((arg) => resolve(folder, arg))) : [];
  const asked = await filesAskedFor(patterns, home);
  const loaded = await existingAmong(also);
  const { modules, named, folders, tooLarge, textOf } = await findAll(
    main,
    home,
    [...asked.files, ...(await existingAmong(given))],
    loaded,
    compiler,
  );
  const places = [...new Set(modules.map(({ path }) => dirname(path)))];
  const packages = new Set([home, ...places.map((one) => packageFolder(one) ?? one)]);
  const manifests = await existingAmong([...packages].map((folder) => join(folder, 'package.json')));
  const whole = [...folders, ...(await wholeFolders(patterns, home))];
  const root = commonFolder([...packages, ...whole, ...[...named].map((path) => dirname(path))]);
  const compiled = await compiler.compile(modules);
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const paths = [...new Set([...byPath.keys(), ...named, ...manifests])].sort();
  const snapshot = await FileSnapshot.take(paths);
  for (const path of paths) {
    const text = textOf(path);
    if (text !== undefined && text !== snapshot.bytes(path).toString()) throw unsettled(path, 'was changed');
  }
  const files = paths.map((path) => {
    const isServed = named.has(path) || !byPath.has(path);
    // The time is rounded like the dates of `fs.stat`.
    const changedAt = isServed ? Math.round(snapshot.changedAt(path)) : undefined;
    const source = { path, bytes: snapshot.bytes(path), changedAt };
    const isOnlyNamed = path !== main && named.has(path);
    return fileOf(root, source, isOnlyNamed, byPath.get(path), compiled.get(path));
  });
  return {
    root,
    home,
    entry: relativePath(root, main),
    carried: files.flatMap(({ carried }) => carried),
    table: files.map(({ file }) => file),
    folders: [...new Set(whole)].map((folder) => relativePath(root, folder)).sort(),
    remarks: [...asked.remarks, ...(await remarksOn({ home, root, paths, tooLarge }))],
  };
}

/** Returns the same files with code appended to some modules; reading their paths still gives the original text. */
export function withEndings(app: AppFiles, endings: ReadonlyMap<string, string>): AppFiles {
  if (endings.size === 0) return app;
  const bytesAt = new Map(app.carried.map(({ path, bytes }) => [path, bytes]));
  const ended = new Map<string, CarriedFile>();
  const table = app.table.map((file): AppFile => {
    const ending = endings.get(join(app.root, file.path));
    if (ending === undefined) return file;
    const { code = `${COMPILED}${file.path}.js` } = file;
    const bytes = bytesAt.get(file.code ?? file.path) ?? new Uint8Array();
    ended.set(code, { path: code, bytes: Buffer.concat([bytes, Buffer.from(ending)]) });
    return { ...file, code };
  });
  const carried = [...app.carried.filter(({ path }) => !ended.has(path)), ...ended.values()];
  return { ...app, table, carried };
}

/** Follows imports and named files until nothing new is found. Of the named ones, those in `loaded` are known to be modules. */
async function findAll(
  main: string,
  home: string,
  more: readonly string[],
  loaded: readonly string[],
  compiler: ModuleCompiler,
): Promise<Found> {
  compiler.beginBuild();
  const own = new OwnModules(compiler, dirname(main));
  const named = new Set([...more, ...loaded]);
  const known = new Set([main, ...loaded]);
  const folders = new Set<string>();
  const entries = new Set([main, ...modulesAmong(named)]);
  const textOf = (path: string): string | undefined => own.textOf(path);
  for (;;) {
    const modules = await own.find([...entries], new Set([...named].filter((path) => !known.has(path))));
    const beside = await namedByCode(modules, textOf, home);
    const inFolders = await Promise.all(
      beside.folders.filter((folder) => !folders.has(folder)).map((folder) => globFiles(['**'], folder)),
    );
    for (const folder of beside.folders) folders.add(folder);
    for (const path of [...beside.files, ...beside.scripts, ...inFolders.flat()]) named.add(path);
    const reached = new Set(modules.map(({ path }) => path));
    const fresh = modulesAmong(named).filter((path) => !reached.has(path) && !entries.has(path));
    if (fresh.length === 0)
      return { modules, named, folders: [...folders], tooLarge: beside.tooLarge, textOf };
    for (const path of fresh) entries.add(path);
  }
}

function modulesAmong(paths: Iterable<string>): string[] {
  return [...paths].filter((path) => MODULE.test(path) && !isDeclaration(path));
}

function fileOf(
  root: string,
  { path, bytes, changedAt }: CarriedFile,
  isNamed: boolean,
  module: OwnModule | undefined,
  code: Uint8Array | undefined,
): { readonly file: AppFile; readonly carried: readonly CarriedFile[] } {
  const place = relativePath(root, path);
  const codePlace = `${COMPILED}${place}.js`;
  const placed = (targets: Readonly<Record<string, string>> = {}): Record<string, string> | undefined => {
    const found = Object.entries(targets).map(([name, target]) => [name, relativePath(root, target)]);
    return found.length > 0 ? (Object.fromEntries(found) as Record<string, string>) : undefined;
  };
  const [imports, requires] = [placed(module?.imports), placed(module?.requires)];
  const file: AppFile = {
    path: place,
    ...(module && { format: module.format, ...(isNamed && { named: true }) }),
    ...(code && { code: codePlace }),
    ...(imports && { imports }),
    ...(requires && { requires }),
  };
  const own = { path: place, bytes, changedAt };
  return { file, carried: [own, ...(code ? [{ path: codePlace, bytes: code }] : [])] };
}

/** Resolves to the files that patterns match, and a warning for each pattern that matches none, because it may be misspelt. */
async function filesAskedFor(
  patterns: readonly string[],
  home: string,
): Promise<{ readonly files: string[]; readonly remarks: string[] }> {
  const isException = (pattern: string): boolean => pattern.startsWith('!');
  const exceptions = patterns.filter(isException);
  const found = await Promise.all(
    patterns
      .filter((pattern) => !isException(pattern))
      .map(async (pattern) => ({ pattern, files: await globFiles([pattern, ...exceptions], home) })),
  );
  return {
    files: found.flatMap(({ files }) => files),
    remarks: found
      .filter(({ files }) => files.length === 0)
      .map(({ pattern }) => `--files "${pattern}" matches no file below ${home}: see how it is spelt.`),
  };
}

async function globFiles(patterns: readonly string[], cwd: string): Promise<string[]> {
  if (patterns.length === 0) return [];
  return glob([...patterns], {
    cwd,
    absolute: true,
    dot: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
  });
}

/** Resolves to the folders that a pattern takes completely: `views/**`, or just `views`. */
async function wholeFolders(patterns: readonly string[], home: string): Promise<string[]> {
  const plain = patterns.flatMap(
    (pattern) => /^([^*?{}[\]!()]+?)\/?(?:\/\*\*(?:\/\*)?)?$/.exec(pattern)?.[1] ?? [],
  );
  const folders = await Promise.all(
    plain.map(async (name) => {
      const path = join(home, name);
      return (await stat(path).catch(() => undefined))?.isDirectory() ? path : undefined;
    }),
  );
  return folders.filter((folder) => folder !== undefined);
}

/** Returns the deepest folder that contains all files. */
function commonFolder(folders: readonly string[]): string {
  return folders.reduce(
    (common, folder) => [common, ...foldersAbove(common)].find((above) => isWithin(folder, above)) ?? common,
  );
}

function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}
