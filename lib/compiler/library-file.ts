import { isPackaged, isWithin } from '../core/paths.js';
import { compiledLib } from './plugin-module.js';

/** Returns whether a path is that of declarations that nobody edits. */
export function isLibrary(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path) && (isPackaged(path) || isWithin(path, compiledLib));
}
