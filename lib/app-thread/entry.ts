import { Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FrozenFiles } from './frozen-files.js';

interface MainLoader {
  _load(file: string, parent: null, isMain: true): unknown;
}

/**
 * Runs the app's entry as a process runs its main module. Resolves when it has been evaluated.
 *
 * @param path absolute path of the entry.
 * @param args what `process.argv` holds after it.
 */
export async function runEntry(files: FrozenFiles, path: string, args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, path, ...args];
  const isCommonJs = files.at(path)?.format === 'commonjs';
  if (isCommonJs) (Module as unknown as MainLoader)._load(path, null, true);
  else await import(pathToFileURL(path).href);
}
