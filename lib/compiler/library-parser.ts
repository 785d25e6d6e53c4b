import type { Project } from 'ts-morph';
import { isPackaged, isWithin } from '../core/paths.js';
import { changeParser, parseDeclarations } from './parse-declarations.js';
import { PROGRAM_TYPES_FILE } from './program-types.js';
import { compiledLib } from './plugin-module.js';
import { takeLibrary } from './snapshot/loaded-compiler.js';

/** Makes a project parse the declarations of libraries quickly, or take those that this process began with. */
export function parseLibrariesFast(project: Project): void {
  changeParser(project, (parse) => (file, options, text, kind) => {
    if (!isLibrary(file)) return parse(file, options, text, kind);
    return takeLibrary(file, options, text) ?? parseDeclarations(file, options, text, kind);
  });
}

/** Returns whether a file has declarations that nobody edits. */
function isLibrary(file: string): boolean {
  const isOurs = isWithin(file, compiledLib) && !isWithin(file, PROGRAM_TYPES_FILE);
  return /\.d\.[cm]?ts$/.test(file) && (isOurs || isPackaged(file));
}
