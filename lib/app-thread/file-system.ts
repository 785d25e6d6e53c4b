import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FrozenFiles } from './frozen-files.js';

type AnyFunction = (...args: unknown[]) => unknown;
type Functions = Record<string, AnyFunction>;

/**
 * Functions that read the file at their first argument, each in its forms for call-backs, `…Sync` and promises, as far as they
 * exist.
 */
const readers = ['readFile', 'createReadStream', 'stat', 'lstat', 'access', 'exists', 'statfs', 'openAsBlob'];
/**
 * Functions that change the file system. `copyFile`, `link`, `symlink` and `cp` change their second argument, `rename` changes
 * both.
 */
const writers = ['writeFile', 'appendFile', 'createWriteStream', 'truncate', 'rmdir', 'mkdir'];
/**
 * Functions with which servers remove the socket on which they are about to listen, because a previous process may have left it.
 */
const removers = ['unlink', 'rm'];
const modifiers = ['chmod', 'chown', 'lchown', 'utimes', 'lutimes'];
const movers = ['copyFile', 'link', 'symlink', 'cp', 'rename'];

/**
 * Makes `fs` read the frozen bytes of frozen paths, in its call-back, synchronous and promise forms, including named imports.
 * Native code that opens a path reads it from disk.
 *
 * @param onThaw receives each path that is written to, once; the path is read from disk from then on.
 * @param isSocket returns whether the host listens on a path for the app; such a path is not removed, because all versions share
 * it.
 */
export function freezeFileSystem(
  files: FrozenFiles,
  onThaw: (path: string) => void,
  isSocket: (path: string) => boolean,
): void {
  const promised = new Set<unknown>(Object.values(fs.promises));
  const isPromised = (original: unknown): boolean => promised.has(original);
  const redirect = (path: unknown): unknown => {
    const absolute = absoluteOf(path);
    return (absolute !== undefined && (files.copyOf(absolute) ?? files.copyOfFolder(absolute))) || path;
  };
  const thaw = (path: unknown): void => {
    const absolute = absoluteOf(path);
    if (absolute !== undefined && files.thaw(absolute)) onThaw(absolute);
  };
  const reading = (original: AnyFunction): AnyFunction =>
    function (this: unknown, path, ...rest) {
      return original.call(this, redirect(path), ...rest);
    };
  const writing = (original: AnyFunction): AnyFunction =>
    function (this: unknown, path, ...rest) {
      thaw(path);
      return original.call(this, path, ...rest);
    };
  const removing = (original: AnyFunction): AnyFunction => {
    const remove = writing(original);
    return function (this: unknown, path, ...rest) {
      const absolute = absoluteOf(path);
      if (absolute === undefined || !isSocket(absolute)) return remove.call(this, path, ...rest);
      return succeed(original, rest.at(-1), undefined);
    };
  };
  const succeed = (original: AnyFunction, done: unknown, result: unknown): unknown => {
    if (typeof done !== 'function') return isPromised(original) ? Promise.resolve(result) : result;
    process.nextTick(done, null, result);
    return undefined;
  };
  const moving = (original: AnyFunction, name: string): AnyFunction =>
    function (this: unknown, from, to, ...rest) {
      const source = redirect(from);
      if (name.startsWith('rename')) thaw(from);
      thaw(to);
      return original.call(this, name.startsWith('copyFile') ? source : from, to, ...rest);
    };
  const opening = (original: AnyFunction): AnyFunction =>
    function (this: unknown, path, flags, ...rest) {
      if (isReadOnly(flags)) return original.call(this, redirect(path), flags, ...rest);
      thaw(path);
      return original.call(this, path, flags, ...rest);
    };
  const resolving = (original: AnyFunction): AnyFunction =>
    function (this: unknown, path, ...rest) {
      const absolute = absoluteOf(path);
      if (absolute === undefined || files.at(absolute) === undefined)
        return original.call(this, path, ...rest);
      // The file may be gone from disk, and its path contains no link, because links were resolved when it was frozen.
      return succeed(original, rest.at(-1), absolute);
    };
  const listing = (original: AnyFunction): AnyFunction => listingOf(original, files);

  patch(readers, reading);
  patch(['open'], opening);
  patch(['readdir'], listing);
  patch(writers, writing);
  patch(removers, removing);
  patch(modifiers, writing);
  patch(movers, moving);
  patch(['realpath'], resolving);
  syncBuiltinESMExports();
}

/** Replaces functions of `fs` and `fs.promises`, including their properties (`realpath.native`, the form for `promisify`). */
function patch(names: readonly string[], wrap: (original: AnyFunction, name: string) => AnyFunction): void {
  const tables = [fs as unknown as Functions, fs.promises as unknown as Functions];
  for (const table of tables) {
    for (const name of names.flatMap((one) => [one, `${one}Sync`])) {
      const original = table[name];
      if (typeof original !== 'function') continue;
      const extras = Object.getOwnPropertyDescriptors(original);
      table[name] = Object.defineProperties(wrap(original, name), extras);
    }
  }
}

/** Returns a listing of the copy of a folder, whose entries have the path of the original folder. */
function listingOf(original: AnyFunction, files: FrozenFiles): AnyFunction {
  return function (this: unknown, path, ...rest) {
    const folder = absoluteOf(path);
    const copy = folder === undefined ? undefined : files.copyOfFolder(folder);
    if (folder === undefined || copy === undefined) return original.call(this, path, ...rest);
    const rename = (entries: unknown): unknown => {
      if (Array.isArray(entries)) for (const entry of entries) restoreParent(entry, copy, folder);
      return entries;
    };
    const done = rest.at(-1);
    if (typeof done === 'function')
      rest[rest.length - 1] = (error: unknown, entries: unknown) => done(error, rename(entries));
    const result = original.call(this, copy, ...rest);
    return result instanceof Promise ? result.then(rename) : rename(result);
  };
}

/** Gives an entry its original folder. A `Dirent` has the folder in which it was found under one or two names. */
function restoreParent(entry: unknown, copy: string, folder: string): void {
  if (typeof entry !== 'object' || entry === null) return;
  for (const name of ['parentPath', 'path']) {
    const parent = Reflect.get(entry, name) as unknown;
    if (typeof parent === 'string' && parent.startsWith(copy))
      Reflect.set(entry, name, folder + parent.slice(copy.length));
  }
}

/** Returns the absolute path for an argument of `fs`; `undefined` for a descriptor, or a value that `fs` itself refuses. */
function absoluteOf(path: unknown): string | undefined {
  const given = path as PathLike;
  try {
    if (typeof given === 'string') return resolve(given);
    if (given instanceof URL) return resolve(fileURLToPath(given));
    return Buffer.isBuffer(given) ? resolve(given.toString()) : undefined;
  } catch {
    return undefined;
  }
}

function isReadOnly(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0;
  return typeof flags !== 'string' || flags === 'r' || flags === 'rs' || flags === 'sr';
}
