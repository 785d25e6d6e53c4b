import { Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setImmediate } from '../core/timers.js';
import type { FrozenFiles } from './frozen-files.js';

interface MainLoader {
  _load(file: string, parent: null, isMain: true): unknown;
}

/**
 * Runs the app's entry as a process runs its main module. Resolves when the entry has been evaluated.
 *
 * @param path is the absolute path of the entry.
 * @param args follow it in `process.argv`.
 */
export async function runEntry(files: FrozenFiles, path: string, args: readonly string[]): Promise<void> {
  process.argv = [process.execPath, path, ...args];
  // Until a CommonJS entry is loaded, the main module is that of the thread; with an ES module as its entry, a process has none.
  Reflect.set(process, 'mainModule', undefined);
  const isCommonJs = files.at(path)?.format === 'commonjs';
  if (!isCommonJs) return void (await import(pathToFileURL(path).href));
  // Not within a promise, after which promises would come before `process.nextTick`.
  await new Promise<void>((resolve, reject) => {
    setImmediate(() => {
      try {
        (Module as unknown as MainLoader)._load(path, null, true);
        resolve();
      } catch (reason) {
        reject(reason);
      }
    });
  });
}
