import { ts } from 'ts-morph';
import type { CodeImport } from './code-imports.js';

/**
 * Returns whether the compiler drops an import: only types of it are used. It looks at one file at a time, as the bundler does,
 * so neither knows which of the names that a file exports again are types.
 */
export function isErased({ node }: CodeImport, options: ts.CompilerOptions): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) || !ts.isStringLiteralLike(node) || namesNothing(parent)) return false;
  const code = emittedCode(node.getSourceFile(), options);
  // Text that reads the same elsewhere in the file errs on the safe side.
  return !code.includes(`'${node.text}'`) && !code.includes(`"${node.text}"`);
}

/** Returns whether something is left of a file once it is compiled. */
export function hasCode(file: ts.SourceFile, options: ts.CompilerOptions): boolean {
  return !/^\s*(?:export \{\s*\};\s*)?$/.test(emittedCode(file, options));
}

/** `import {} from`: its author wants the effects of the module, although compilers drop it. */
function namesNothing(statement: ts.Node): boolean {
  if (!ts.isImportDeclaration(statement) || statement.importClause?.name) return false;
  const bindings = statement.importClause?.namedBindings;
  return !!bindings && ts.isNamedImports(bindings) && bindings.elements.length === 0;
}

/** By file alone: each belongs to one project, or one reader of it, and the options of a project never change. */
const emitted = new WeakMap<ts.SourceFile, string>();

function emittedCode(file: ts.SourceFile, options: ts.CompilerOptions): string {
  const known = emitted.get(file);
  if (known !== undefined) return known;
  // Nothing is resolved. Where a file imports a name from itself that it does not export, the compiler would look for a way to write
  // its path by these, and throw a TypeError of its own.
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
      // Specifiers are looked for as they are written.
      rewriteRelativeImportExtensions: false,
    },
  });
  emitted.set(file, outputText);
  return outputText;
}
