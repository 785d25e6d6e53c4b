import { isAbsolute } from 'node:path';
import { relativePath } from '../core/paths.js';

/** Returns a file as esbuild takes an entry, from its working folder: a `*` in the name of a folder above would be a pattern. */
export function entryPoint(file: string, workingFolder: string): string {
  const path = relativePath(workingFolder, file);
  return isAbsolute(path) ? path : `./${path}`;
}
