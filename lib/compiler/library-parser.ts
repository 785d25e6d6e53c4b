import type { Project } from 'ts-morph';
import { isWithin } from '../core/paths.js';
import { isLibrary } from './library-file.js';
import { changeParser, parseDeclarations } from './parse-declarations.js';
import { PROGRAM_TYPES_FILE } from './program-types.js';
import { takeLibrary } from './snapshot/loaded-compiler.js';

/** Makes a project parse the declarations of libraries quickly, or take those that this process began with. */
export function parseLibrariesFast(project: Project): void {
  changeParser(project, (parse) => (file, options, text, kind) => {
    if (!isLibrary(file) || isWithin(file, PROGRAM_TYPES_FILE)) return parse(file, options, text, kind);
    return takeLibrary(file, options, text) ?? parseDeclarations(file, options, text, kind);
  });
}
