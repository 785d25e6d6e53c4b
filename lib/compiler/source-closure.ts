import type { SourceFile } from 'ts-morph';
import { nativePath } from './posix-path.js';

/** The files that a plugin's meaning depends on: its own, and what they import, types included, short of `node_modules`. */
export function sourceClosure(files: readonly SourceFile[]): Set<string> {
  const closure = new Set<string>();
  const visit = (file: SourceFile): void => {
    const path = nativePath(file.getFilePath());
    if (closure.has(path) || file.isInNodeModules()) return;
    closure.add(path);
    for (const literal of file.getImportStringLiterals()) {
      for (const declaration of literal.getSymbol()?.getDeclarations() ?? [])
        visit(declaration.getSourceFile());
    }
  };
  for (const file of files) visit(file);
  return closure;
}
