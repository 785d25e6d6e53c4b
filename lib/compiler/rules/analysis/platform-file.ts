import type { ts } from 'ts-morph';

/** Returns whether a file declares the language (TypeScript's own `lib` files) or Node. */
export function isPlatformFile(file: ts.SourceFile, program: ts.Program): boolean {
  return (
    program.isSourceFileDefaultLibrary(file) ||
    /\/node_modules\/(?:@types\/node|undici-types|buffer)\//.test(file.fileName)
  );
}
