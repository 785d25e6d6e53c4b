import { ts } from 'ts-morph';

/** Returns whether a file may have decorators, whose metadata esbuild does not write. */
export function isDecorated(text: string): boolean {
  return /(^|[^\w*"'`/.])@[A-Za-z_$(]/m.test(text);
}

/** Returns a function that compiles a file with TypeScript, for a project with `emitDecoratorMetadata`. */
export function decoratedModule(options: ts.CompilerOptions): (text: string, file: string) => string {
  return (text, file) =>
    ts.transpileModule(text, {
      fileName: file,
      compilerOptions: {
        ...options,
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
