import { ts } from 'ts-morph';
import { metadataTypes } from './metadata-types.js';

/** Returns whether a file may have decorators, whose metadata esbuild does not write. */
export function isDecorated(text: string): boolean {
  return /(^|[^\w*"'`/.])@[A-Za-z_$(]/m.test(text);
}

/**
 * Returns a function that compiles a file with TypeScript, for a project with `emitDecoratorMetadata`.
 *
 * @param program returns the present program of the project, which knows the types that the file imports.
 */
export function decoratedModule(program: () => ts.Program): (text: string, file: string) => string {
  return (text, file) =>
    ts.transpileModule(text, {
      fileName: file,
      transformers: { before: [metadataTypes(program())] },
      compilerOptions: {
        ...program().getCompilerOptions(),
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        sourceMap: false,
        inlineSourceMap: true,
        inlineSources: true,
        removeComments: false,
        noEmit: false,
      },
    }).outputText;
}
