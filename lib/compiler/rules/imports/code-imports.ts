import { ts } from 'ts-morph';
import { constantValue, stringsOf, symbolAt } from '../analysis/expressions.js';
import { locationOf } from './location.js';
import { nodesIn } from '../analysis/nodes.js';
import { bare } from '../analysis/syntax.js';

/** A place that imports a module. Its code comes along unless `isErased` holds for the import. */
export interface CodeImport {
  /** Expression that names the module. */
  readonly node: ts.Expression;
  /** The modules that the expression can name, as written. */
  readonly specifiers: readonly string[];
  /** Common beginning of the possible modules, if the rest is only known at run time: `../` of `../${name}/index.js`. */
  readonly prefix?: string;
  /** The file that relative specifiers start from. */
  readonly from: string;
}

/**
 * Returns every import in a file that is not marked as type-only: `import`, `export … from`, `import = require()`, `import()`,
 * `require()`. The calls are recognised by their types, so only with a checker.
 */
export function codeImports(file: ts.SourceFile, checker: ts.TypeChecker | undefined): CodeImport[] {
  const imports = file.statements.flatMap((statement): CodeImport[] => {
    const node = moduleOf(statement);
    return !node || isTypeOnly(statement) ? [] : [{ node, specifiers: [node.text], from: file.fileName }];
  });
  if (!checker) return imports;
  const calls = nodesIn<ts.CallExpression>(file, ts.SyntaxKind.CallExpression);
  return [...imports, ...calls.flatMap((call) => calledImports(call, checker))];
}

function moduleOf(statement: ts.Statement): ts.StringLiteralLike | undefined {
  let specifier: ts.Expression | undefined;
  if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    specifier = statement.moduleSpecifier;
  if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
    specifier = statement.moduleReference.expression;
  }
  return specifier && ts.isStringLiteralLike(specifier) ? specifier : undefined;
}

/** Recognises `import type` and `export type`, of which nothing is left once compiled. */
function isTypeOnly(statement: ts.Statement): boolean {
  if (ts.isImportDeclaration(statement)) return statement.importClause?.isTypeOnly ?? false;
  return (
    (ts.isExportDeclaration(statement) || ts.isImportEqualsDeclaration(statement)) && statement.isTypeOnly
  );
}

function calledImports(call: ts.CallExpression, checker: ts.TypeChecker): CodeImport[] {
  const [node] = call.arguments;
  if (!node) return [];
  const from = importerOf(bare(call.expression), checker);
  if (from === undefined) return [];
  const argument = bare(node);
  const location = locationOf(argument);
  const specifiers = location === undefined ? stringsOf(argument, checker) : [location];
  const prefix = specifiers.length === 0 ? beginningOf(argument) : undefined;
  return [{ node, specifiers, from, ...(prefix !== undefined && { prefix }) }];
}

/**
 * Returns the file that a call with this callee imports from, if it is an import: `import`, `require`, or the result of
 * `createRequire`.
 */
function importerOf(callee: ts.Expression, checker: ts.TypeChecker): string | undefined {
  const here = callee.getSourceFile().fileName;
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return here;
  if (ts.isCallExpression(callee)) return isRequire(callee, checker) ? baseOf(callee, here) : undefined;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  if (!ts.isIdentifier(name)) return undefined;
  const symbol = symbolAt(name, checker);
  if (!symbol) return name.text === 'require' ? here : undefined;
  if (!isRequire(callee, checker) && !isModuleMethod(symbol)) return undefined;
  const made = constantValue(symbol);
  const maker = made && bare(made);
  return maker && ts.isCallExpression(maker) ? baseOf(maker, maker.getSourceFile().fileName) : here;
}

/** Returns whether an expression is a `require`, by its type. */
function isRequire(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const symbol = checker.getTypeAtLocation(node).getSymbol();
  return /^(?:global\.)?NodeJS\.Require$/.test(symbol ? checker.getFullyQualifiedName(symbol) : '');
}

/** Recognises `module.require`. */
function isModuleMethod(symbol: ts.Symbol): boolean {
  return (
    symbol.name === 'require' &&
    !!symbol.declarations?.some(
      ({ parent }) =>
        (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)) &&
        (parent.name?.text === 'Module' || parent.name?.text === 'NodeModule'),
    )
  );
}

/** Returns the file that `createRequire(base)` starts from. */
function baseOf({ arguments: [base] }: ts.CallExpression, here: string): string {
  return (base && locationOf(bare(base))) ?? here;
}

/** Returns the beginning of a string whose end is only known at run time. */
function beginningOf(node: ts.Expression): string | undefined {
  if (ts.isTemplateExpression(node)) return node.head.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const left = bare(node.left);
  return ts.isStringLiteralLike(left) ? left.text : beginningOf(left);
}
