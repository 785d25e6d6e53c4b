import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pathOfUrl } from '../core/paths.js';
import type { FrozenFiles } from './frozen-files.js';

const EXTENSIONS = ['.js', '.json', '.node', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.tsx', '.jsx'];

/**
 * Returns the absolute path of the frozen file that a module of the app imports by `specifier`: the one found by the build, or
 * the one that Node would find among the frozen files. Returns `undefined` if there is none.
 *
 * @param by tells how `specifier` is read: `require` takes a path as it is, and tries missing extensions and `index` files;
 * `import` takes a URL.
 */
export function resolveFrozen(
  files: FrozenFiles,
  specifier: string,
  parent: string | undefined,
  by: 'import' | 'require',
): string | undefined {
  if (parent !== undefined) {
    const known = files.importOf(parent, specifier, by);
    if (known !== undefined) return known;
  }
  const path = by === 'require' ? requiredPath(specifier, parent) : importedPath(specifier, parent);
  if (path === undefined) return undefined;
  const found = [path, typescriptOf(path)].find((one) => files.at(one));
  if (found !== undefined) return found;
  return by === 'require' ? probe(files, path) : undefined;
}

/**
 * Returns whether Node must be asked first for what a module requires: the build does not see the `require` of `createRequire` in an
 * ES module, which may find another file of a package than `import` does.
 */
export function isUnseenRequire(files: FrozenFiles, specifier: string, parent: string | undefined): boolean {
  if (parent === undefined || isRelative(specifier) || isAbsolutePath(specifier)) return false;
  return files.at(parent)?.format === 'module';
}

/**
 * Returns the source of a module that is imported by the name of its compiled file, as in `import(new URL('./routes.js',
 * import.meta.url))`.
 */
function typescriptOf(path: string): string {
  return path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
}

function requiredPath(specifier: string, parent: string | undefined): string | undefined {
  if (isAbsolutePath(specifier)) return resolve(specifier);
  if (!isRelative(specifier) || parent === undefined) return undefined;
  // The slash at the end stays: only a folder is meant.
  return join(dirname(parent), specifier.replace(/(^|\/)(\.\.?)$/, '$1$2/'));
}

function importedPath(specifier: string, parent: string | undefined): string | undefined {
  const bare = specifier.replace(/[?#].*$/, '');
  if (bare.startsWith('file:')) return pathOfUrl(bare);
  if (isAbsolutePath(bare)) return resolve(bare);
  if (!isRelative(bare) || parent === undefined) return undefined;
  return pathOfUrl(new URL(bare, pathToFileURL(parent)));
}

function isAbsolutePath(specifier: string): boolean {
  return specifier.startsWith('/') || /^[a-z]:[\\/]/i.test(specifier);
}

function isRelative(specifier: string): boolean {
  return /^\.\.?(?:\/|$)/.test(specifier);
}

function probe(files: FrozenFiles, path: string): string | undefined {
  const named = [path, ...EXTENSIONS.map((extension) => path + extension)].find((one) => files.at(one));
  return named ?? probeFolder(files, path);
}

function probeFolder(files: FrozenFiles, folder: string): string | undefined {
  const main = mainOf(files, folder);
  const candidates = [
    ...(main === undefined
      ? []
      : [main, ...EXTENSIONS.map((extension) => main + extension), join(main, 'index.js')]),
    ...EXTENSIONS.map((extension) => join(folder, `index${extension}`)),
  ];
  return candidates.find((one) => files.at(one));
}

function mainOf(files: FrozenFiles, folder: string): string | undefined {
  const copy = files.copyOf(join(folder, 'package.json'));
  if (copy === undefined) return undefined;
  const { main } = JSON.parse(readFileSync(copy, 'utf8')) as { main?: unknown };
  return typeof main === 'string' ? join(folder, main) : undefined;
}

/** Returns the result of `find`, or `other` if it throws. */
export function orElse<Result>(find: () => Result, other: Result): Result {
  try {
    return find();
  } catch {
    return other;
  }
}
