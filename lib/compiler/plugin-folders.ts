import { absolutePath, isWithin } from '../core/paths.js';
import { keyOf } from '../core/plugin-key.js';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkPath } from '../core/check-path.js';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import { checkPluginName } from './plugin-name.js';

/** A plugin folder, with the TypeScript below it. */
export interface PluginFolder {
  readonly name: string;
  readonly folder: string;
  /** Absolute paths: the root module first, then the others in alphabetical order. */
  readonly files: readonly string[];
  /** Every file below the folder that is not TypeScript and could be imported as text. */
  readonly assets: readonly string[];
  /** Code beside the plugins of a folder that is part of none of them; it is listed with the first plugin only. */
  readonly strays: readonly string[];
}

const ROOT = 'index.ts';
const typescript = /\.[cm]?tsx?$/;
const declarations = /\.d\.[cm]?ts$/;
const hiddenFile = /(^|[\\/])\.[^\\/]*$/;
const testFile = /\.(test|spec|bench)\.[cm]?tsx?$|[\\/](__tests__|tests)[\\/]/;
/** Matches configuration files of tools: `vitest.config.ts`. */
const configFile = /\.config\.[cm]?ts$/;
/** Files that may be mistaken for a root module. */
const nearlyRoots = ['index.tsx', 'index.mts', 'index.cts', 'src/index.ts'];
/** Files that would be root modules if they were TypeScript. */
const javascriptRoots = ['index.js', 'index.mjs', 'index.cjs', 'index.jsx'];

/**
 * Finds the plugins in `sources`: each source is a plugin folder, or a folder of plugin folders. Test files, `*.config.ts`, code
 * in dot-files, dot-folders and `node_modules` are no part of a plugin.
 *
 * @throws LiveswapError `NO_PLUGINS` when a folder is missing or holds no plugin; `PLUGIN_DUPLICATE` when two folders claim one
 * name; `OPTION_INVALID` when a source is empty, or a folder has a name that no artifact can have.
 */
export async function findPlugins(sources: readonly string[]): Promise<PluginFolder[]> {
  const found = await Promise.all(foldersOf(sources).map(pluginsIn));
  return withoutDuplicates(found.flat());
}

/**
 * Works like {@link findPlugins}, for sources whose plugins were found before. A source without a plugin has lost it, which is an
 * error only if all sources have.
 */
export async function findPluginsLeft(sources: readonly string[]): Promise<PluginFolder[]> {
  const found = await Promise.allSettled(foldersOf(sources).map(pluginsIn));
  const left = found.filter((one) => one.status === 'fulfilled');
  const failures = found.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason);
  const failure = failures.find((reason) => left.length === 0 || !isLiveswapError(reason, 'NO_PLUGINS'));
  if (failure) throw failure;
  return withoutDuplicates(left.flatMap(({ value }) => value));
}

function foldersOf(sources: readonly string[]): string[] {
  for (const source of sources) checkPath(source, 'sources', 'a plugin folder');
  return [...new Set(sources.map((source) => absolutePath(source)))];
}

function withoutDuplicates(plugins: readonly PluginFolder[]): PluginFolder[] {
  const byName = new Map<string, PluginFolder>();
  for (const plugin of plugins) {
    const key = keyOf(plugin.name);
    const other = byName.get(key);
    if (other) {
      throw new LiveswapError(
        'PLUGIN_DUPLICATE',
        `Cannot build two plugins of one name: ${other.folder} and ${plugin.folder} (names are compared without regard to case); rename one of the folders.`,
        { plugin: plugin.name, folders: [other.folder, plugin.folder] },
      );
    }
    byName.set(key, plugin);
  }
  return [...plugins];
}

async function pluginsIn(folder: string): Promise<PluginFolder[]> {
  const entries = await listFolder(folder);
  const code = entries.filter((entry) => entry.isFile() && isCode(entry.name)).map(({ name }) => name);
  if (code.includes(ROOT)) return [await pluginAt(folder)];
  const folders = await foldersIn(folder, entries);
  const found = await thoseThat(folders, looksLikePlugin);
  // `herald/src/index.ts` alone is no plugin called src.
  const nested = found.length === 1 && found[0] === join(folder, 'src') ? [] : found;
  if (nested.length > 0) {
    const others = folders.filter((path) => !nested.includes(path));
    const untyped = await Promise.all(others.map((path) => filesAmong(path, javascriptRoots)));
    const strays = [...code.map((name) => join(folder, name)), ...untyped.flat()];
    return Promise.all(nested.map((one, index) => pluginAt(one, index === 0 ? strays : [])));
  }
  // A plugin without a root module gets a finding.
  if (code.length > 0 || (await looksLikePlugin(folder))) return [await pluginAt(folder)];
  const [untyped] = (
    await Promise.all([folder, ...folders].map((path) => filesAmong(path, javascriptRoots)))
  ).flat();
  const remedy = untyped
    ? `${untyped} is JavaScript; a plugin is TypeScript: call it index.ts.`
    : 'name a plugin folder.';
  throw new LiveswapError(
    'NO_PLUGINS',
    `Cannot find a plugin in ${folder}: neither it nor a folder directly in it holds an index.ts; ${remedy}`,
    { folder },
  );
}

async function foldersIn(folder: string, entries: readonly Dirent[]): Promise<string[]> {
  const visible = entries.filter(({ name }) => isVisible(name));
  const folders = await thoseThat(visible, (entry) => isFolder(entry, join(folder, entry.name)));
  return folders.map(({ name }) => join(folder, name));
}

/** Resolves to those for which `holds` resolves to true. */
async function thoseThat<Item>(
  items: readonly Item[],
  holds: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const held = await Promise.all(items.map(holds));
  return items.filter((_item, index) => held[index]);
}

/** Returns whether a folder has a root module, or a file with a similar name, which a finding reports. */
async function looksLikePlugin(folder: string): Promise<boolean> {
  return (await filesAmong(folder, [ROOT, ...nearlyRoots])).length > 0;
}

/** Returns the paths of those of `names` that are files in `folder`. */
async function filesAmong(folder: string, names: readonly string[]): Promise<string[]> {
  const paths = names.map((name) => join(folder, name));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_path, index) => found[index]?.isFile());
}

async function pluginAt(folder: string, strays: readonly string[] = []): Promise<PluginFolder> {
  checkPluginName(basename(folder), folder);
  const paths = await walk(folder);
  const root = join(folder, ROOT);
  const isOther = (path: string): boolean =>
    testFile.test(path.slice(folder.length)) || configFile.test(path);
  const files = paths
    .filter((path) => typescript.test(path) && !hiddenFile.test(path) && !isOther(path))
    .sort();
  return {
    name: basename(folder),
    folder,
    files: files.includes(root) ? [root, ...files.filter((file) => file !== root)] : files,
    assets: paths.filter((path) => !typescript.test(path)).sort(),
    strays,
  };
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      // What is no file, such as a pipe, would be read without end.
      if (!(await isFolder(entry, path))) return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
      return isVisible(entry.name) && !(await leadsBack(entry, path, folder)) ? walk(path) : [];
    }),
  );
  return paths.flat();
}

async function listFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const isFile = (cause as NodeJS.ErrnoException).code === 'ENOTDIR';
    const reason = isFile ? 'it is a file; name the folder of a plugin' : messageOf(cause);
    throw new LiveswapError('NO_PLUGINS', `Cannot read the plugin folder ${folder}: ${reason}.`, {
      cause,
      folder,
    });
  }
}

/** Returns whether an entry is a folder, or a symbolic link to one. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await stat(path).catch(() => undefined);
  return target?.isDirectory() ?? false;
}

/** Returns whether a symbolic link in `folder` leads to a folder that contains it. */
async function leadsBack(entry: Dirent, path: string, folder: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  const [target, from] = await Promise.all([realpath(path), realpath(folder)]);
  return isWithin(from, target);
}

/** Returns whether a file is code. Declarations, such as those of live functions, may serve all plugins beside them. */
function isCode(name: string): boolean {
  return (
    typescript.test(name) && !hiddenFile.test(name) && !declarations.test(name) && !configFile.test(name)
  );
}

function isVisible(name: string): boolean {
  return name !== 'node_modules' && !name.startsWith('.');
}
