import type { SourceFile } from 'ts-morph';
import { PROGRAM_TYPES_FILE } from './program-types.js';
import { nativePath } from '../core/paths.js';

/** Returns the files that a plugin depends on: its own and everything they import, including types, except `node_modules`. */
export function sourceClosure(files: readonly SourceFile[]): Set<string> {
  const closure = new Set<string>();
  const visit = (file: SourceFile): void => {
    const path = nativePath(file.getFilePath());
    // A declaration file that adds live symbols to a module imports those of every plugin: do not follow it.
    if (closure.has(path) || file.isInNodeModules() || path === PROGRAM_TYPES_FILE) return;
    closure.add(path);
    for (const literal of file.getImportStringLiterals()) {
      for (const declaration of literal.getSymbol()?.getDeclarations() ?? [])
        visit(declaration.getSourceFile());
    }
  };
  for (const file of files) visit(file);
  return closure;
}
