import { ts } from 'ts-morph';
import type { CodeImport } from './code-imports.js';

/**
 * Returns whether the compiler drops an import because it is used only for types. It looks at one file at a time, as the bundler
 * does, so neither knows which re-exported names are types.
 */
export function isErased({ node }: CodeImport, options: ts.CompilerOptions): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) || !ts.isStringLiteralLike(node) || namesNothing(parent)) return false;
  const code = emittedCode(node.getSourceFile(), options);
  // If the same text occurs elsewhere in the file, this errs on the safe side.
  return !code.includes(`'${node.text}'`) && !code.includes(`"${node.text}"`);
}

/** Returns whether compiling a file leaves any code. */
export function hasCode(file: ts.SourceFile, options: ts.CompilerOptions): boolean {
  return !/^\s*(?:export \{\s*\};\s*)?$/.test(emittedCode(file, options));
}

/** Recognises `import {} from`, whose author wants the effects of the module although compilers drop it. */
function namesNothing(statement: ts.Node): boolean {
  if (!ts.isImportDeclaration(statement) || statement.importClause?.name) return false;
  const bindings = statement.importClause?.namedBindings;
  return !!bindings && ts.isNamedImports(bindings) && bindings.elements.length === 0;
}

/** Emitted code, keyed by file alone: each file belongs to one project or reader, whose options never change. */
const emitted = new WeakMap<ts.SourceFile, string>();

function emittedCode(file: ts.SourceFile, options: ts.CompilerOptions): string {
  const known = emitted.get(file);
  if (known !== undefined) return known;
  // Nothing is resolved here. If a file imports from itself a name that it does not export, the compiler would try to write its
  // path with these options, and throw a TypeError.
  const { paths: _paths, baseUrl: _baseUrl, rootDirs: _rootDirs, ...others } = options;
  const { outputText } = ts.transpileModule(file.text, {
    fileName: file.fileName,
    compilerOptions: {
      ...others,
      resolvePackageJsonImports: false,
      module: ts.ModuleKind.Preserve,
      target: ts.ScriptTarget.ESNext,
      noEmit: false,
      declaration: false,
      sourceMap: false,
      inlineSourceMap: false,
      removeComments: true,
      // Specifiers are compared as they are written.
      rewriteRelativeImportExtensions: false,
    },
  });
  emitted.set(file, outputText);
  return outputText;
}
