import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { glob } from 'tinyglobby';
import { foldersAbove, isPackaged, isWithin, posixPath, relativePath } from '../../core/paths.js';
import type { UnclearPath } from '../bundle/named-files.js';
import type { OwnModule } from './own-module.js';

/** Files that an app's own modules name beside themselves. */
export interface NamedByCode {
  /** Absolute paths of files. */
  readonly files: readonly string[];
  /** Absolute paths of folders that are taken completely. */
  readonly folders: readonly string[];
  /** Modules that are named by their file: to run in a thread, or to be loaded later. */
  readonly scripts: readonly string[];
  /** Named folders that are too large to be taken. */
  readonly tooLarge: readonly string[];
}

/** Matches the words without which a text cannot name files. */
const SAYS_WHERE = /__dirname|__filename|import\.meta\.(?:url|dirname|filename|resolve)|require\.resolve/;

/** Matches functions that change their argument, or open it to do so. */
const CHANGES =
  /write|append|mkdir|mkdtemp|unlink|^rm|rename|truncate|^open|copy|Database|^dest|storage|multer|upload|Low|JSONFile|^Level|File$|^log/i;
/** Matches functions that only read, despite names such as `readFile`, `sendFile`, `compileFile`. */
const READS = /^(?:read|send|render|compile|load|serve|parse|import)/i;
/** Matches functions that list the folder of their own file in order to load everything in it. */
const LISTS = /readdir|require-?all|require-?dir|glob|auto-?load|^scan|^walk/i;
/** Matches folders to which a server usually writes, so that they hold no files of a release. */
const DATA_FOLDER =
  /^(?:data|db|database|uploads?|logs?|tmp|temp|cache|storage|sessions?|backups?|\.[^.].*)$/i;
/** Matches modules, which are code wherever they are, such as migrations in `db`. */
const MODULE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const DATA_FILE = /^\.(?:db|db3|sqlite3?|log|pid|sock|lock|bak|rdb|mdb)$/i;

/** Matches a part of a path that is filled in later. */
const BLANK = /\{\{[^{}]+\}\}|\{[^{},]+\}|%s/g;

const MOST_FILES = 10_000;
const MOST_BYTES = 64 * 1_024 * 1_024;

/**
 * Finds the files that modules name. Files that the app itself changes are left out: they are data, which is read from disk.
 *
 * @param home is the folder of the entry's package; files far from it are left out as well.
 */
export async function namedByCode(
  modules: readonly OwnModule[],
  textOf: (path: string) => string | undefined,
  home: string,
): Promise<NamedByCode> {
  const saying = modules.filter(({ path }) => SAYS_WHERE.test(textOf(path) ?? ''));
  if (saying.length === 0) return { files: [], folders: [], scripts: [], tooLarge: [] };
  const { namedFiles } = await import('../bundle/named-files.js');
  const uses = new Map<string, Set<string>>();
  const scripts = new Set<string>();
  const unclearPaths = new Set<string>();
  for (const { path } of saying) {
    const named = namedFiles(path, textOf(path) ?? '');
    for (const unclear of named.unclear) {
      if (isListing(unclear)) uses.set(unclear.path, (uses.get(unclear.path) ?? new Set()).add(unclear.use));
      else if (!unclear.isOpen) unclearPaths.add(unclear.path);
    }
    for (const one of named.paths) {
      const known = uses.get(one) ?? new Set();
      for (const use of named.uses.get(one) ?? []) known.add(use);
      uses.set(one, known);
    }
    for (const one of named.scripts) scripts.add(one);
  }
  const read = [...uses].filter(
    ([path, names]) => !isData(path) && ![...names].some((use) => CHANGES.test(use) && !READS.test(use)),
  );
  const places = await Promise.all(read.map(([path]) => placeOf(path)));
  const found = places.filter((place) => place !== undefined && isNear(place.path, home)) as Place[];
  const folders = found.filter(({ isFolder }) => isFolder).map(({ path }) => path);
  const sizes = await Promise.all(folders.map((folder) => isTooLarge(folder)));
  return {
    files: [
      ...found.filter(({ isFolder }) => !isFolder).map(({ path }) => path),
      ...(await Promise.all(Array.from(unclearPaths, (path) => matchesOf(path, home)))).flat(),
    ],
    folders: folders.filter((_, index) => !sizes[index]),
    scripts: (await Promise.all([...scripts].map((path) => placeOf(path)))).flatMap((place) =>
      place && !place.isFolder ? place.path : [],
    ),
    tooLarge: folders.filter((_, index) => sizes[index]),
  };
}

/** Recognises `readdirSync(__dirname)`. */
function isListing({ use, isOpen, missing }: UnclearPath): boolean {
  return !isOpen && missing === undefined && LISTS.test(use);
}

/**
 * Resolves to the files that a path matches which is a pattern: `entities: [__dirname + '/../**' + '/*.entity{.ts,.js}']`, or one
 * that a library fills in: `locales/{{lng}}/{{ns}}.json`. The names of folders above the app are no pattern, whatever is in them.
 */
async function matchesOf(path: string, home: string): Promise<string[]> {
  const above = [home, ...foldersAbove(home)].find((folder) => isWithin(path, folder));
  if (above === undefined) return [];
  const inner = relativePath(above, path);
  const parts = (inner.includes('*') ? inner : inner.replace(BLANK, '*')).split('/');
  if (!parts.some((part) => part.includes('*'))) return [];
  const first = parts.findIndex((part) => /[*?{[(!]/.test(part));
  const cwd = join(above, ...parts.slice(0, first));
  if (cwd !== home && !isNear(cwd, home)) return [];
  const rest = parts.slice(first).join('/');
  const found = await glob(rest, {
    cwd,
    absolute: true,
    ignore: ['**/node_modules/**', '**/*.d.{ts,mts,cts}'],
  });
  const read = found.filter((path) => MODULE.test(path) || !isData(path));
  return Promise.all(read.map((path) => realpath(path)));
}

function isData(path: string): boolean {
  const parts = posixPath(path).split('/');
  return (
    parts.some((part, at) => at > 0 && isDataPart(part, parts.length - 1 - at)) ||
    DATA_FILE.test(extname(path))
  );
}

/** Returns whether a folder holds data, by its name. The names of folders far above tell nothing about the contents. */
function isDataPart(part: string, depth: number): boolean {
  return depth < 2 && DATA_FOLDER.test(part);
}

interface Place {
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Returns whether a file belongs to the app, rather than to another part of the machine. A folder that contains the app's package
 * is not part of it.
 */
function isNear(path: string, home: string): boolean {
  if (isWithin(home, path)) return false;
  const folders = foldersAbove(home);
  const up = [home, ...folders].findIndex((folder) => isWithin(path, folder));
  return up >= 0 && up <= 3 && up < folders.length;
}

async function placeOf(path: string): Promise<Place | undefined> {
  if (isPackaged(path) || basename(path) === 'node_modules') return undefined;
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (!stats.isDirectory() && !stats.isFile()) return undefined;
    return { path: real, isFolder: stats.isDirectory() };
  } catch {
    return undefined;
  }
}

async function isTooLarge(folder: string): Promise<boolean> {
  let files = 0;
  let bytes = 0;
  const visit = async (at: string): Promise<boolean> => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        // A folder with packages or a repository is a whole project.
        if (entry.name === 'node_modules' || entry.name === '.git' || (await visit(path))) return true;
      } else if (entry.isFile()) {
        bytes += (await stat(path)).size;
        if (++files > MOST_FILES || bytes > MOST_BYTES) return true;
      }
    }
    return false;
  };
  return visit(folder);
}
