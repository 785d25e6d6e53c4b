import { ts } from 'ts-morph';
import { constantValue, resolveAlias, stringsOf, symbolAt } from '../analysis/expressions.js';
import { locationOf } from './location.js';
import { append } from '../analysis/lists.js';
import { bare, walk } from '../analysis/syntax.js';

/** A place that imports the code of another module; an import of types alone is gone once compiled. */
export interface CodeImport {
  /** Expression that names the module. */
  readonly node: ts.Expression;
  /** The modules it can be, as written. */
  readonly specifiers: readonly string[];
  /** Common beginning of the possible modules, if the rest is only known when the code runs: `../` of `../${name}/index.js`. */
  readonly prefix?: string;
  /** The file that relative specifiers start from. */
  readonly from: string;
  /** Set when it names only types, each marked as one: the compiler keeps such an import for its effects. */
  readonly onlyTypes?: true;
}

/**
 * Every import of code in a file: `import`, `export … from`, `import = require()`, `import()`, `require()`.
 * Without a program, and where the compiler keeps unused imports, every import not marked as a type counts as code.
 */
export function codeImports(file: ts.SourceFile, program: ts.Program | undefined): CodeImport[] {
  const checker = program?.getTypeChecker();
  const keepsUnused = program?.getCompilerOptions().verbatimModuleSyntax ?? false;
  const imports = file.statements.flatMap((statement): CodeImport[] => {
    const node = moduleOf(statement);
    if (!node || isTypeOnly(statement)) return [];
    const onlyTypes = namesOnlyTypes(statement);
    const brings = keepsUnused || (!onlyTypes && (!checker || bringsCode(statement, file, checker)));
    if (!brings) return [];
    return [{ node, specifiers: [node.text], from: file.fileName, ...(onlyTypes && { onlyTypes }) }];
  });
  if (checker) walk(file, (node) => void imports.push(...calledImports(node, checker)));
  return imports;
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

/** `import type`, `export type`: there is nothing left of it once it is compiled. */
function isTypeOnly(statement: ts.Statement): boolean {
  if (ts.isImportDeclaration(statement)) return statement.importClause?.isTypeOnly ?? false;
  return (
    (ts.isExportDeclaration(statement) || ts.isImportEqualsDeclaration(statement)) && statement.isTypeOnly
  );
}

/** `import { type … }`, `export { type … } from`. */
function namesOnlyTypes(statement: ts.Statement): boolean {
  if (ts.isImportDeclaration(statement)) {
    return !statement.importClause?.name && areTypes(statement.importClause?.namedBindings);
  }
  return ts.isExportDeclaration(statement) && areTypes(statement.exportClause);
}

function areTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.length > 0 && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function bringsCode(statement: ts.Statement, file: ts.SourceFile, checker: ts.TypeChecker): boolean {
  if (ts.isImportEqualsDeclaration(statement)) return isUsed(statement.name, file, checker);
  if (ts.isImportDeclaration(statement)) {
    const names = namesIn(statement.importClause);
    return names.length === 0 || names.some((name) => isUsed(name, file, checker));
  }
  if (!ts.isExportDeclaration(statement)) return false;
  const { exportClause, moduleSpecifier } = statement;
  if (exportClause && ts.isNamedExports(exportClause)) {
    return exportClause.elements.some((element) => !element.isTypeOnly && isValue(element.name, checker));
  }
  const module = moduleSpecifier && checker.getSymbolAtLocation(moduleSpecifier);
  return !module || checker.getExportsOfModule(module).some((symbol) => isValueSymbol(symbol, checker));
}

function namesIn(clause: ts.ImportClause | undefined): ts.Identifier[] {
  const bindings = clause?.namedBindings;
  const named = !bindings
    ? []
    : ts.isNamespaceImport(bindings)
      ? [bindings.name]
      : bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name);
  return clause?.name ? [clause.name, ...named] : named;
}

/** Returns whether an imported name stands for a value somewhere; if not, the compiler drops the import. */
function isUsed(name: ts.Identifier, file: ts.SourceFile, checker: ts.TypeChecker): boolean {
  if (!isValue(name, checker)) return false;
  const imported = checker.getSymbolAtLocation(name);
  const namesakes = identifiersOf(file).get(name.text) ?? [];
  return namesakes.some((node) => node !== name && isUseOf(node, imported, checker));
}

const known = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ts.Identifier[]>>();

function identifiersOf(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Identifier[]> {
  const before = known.get(file);
  if (before) return before;
  const byText = new Map<string, ts.Identifier[]>();
  walk(file, (node) => {
    if (ts.isIdentifier(node)) append(byText, node.text, node);
  });
  known.set(file, byText);
  return byText;
}

function isUseOf(node: ts.Identifier, imported: ts.Symbol | undefined, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isExpressionWithTypeArguments(parent) && isImplemented(parent)) return false;
  if (ts.isExportSpecifier(parent)) {
    const isType = parent.isTypeOnly || parent.parent.parent.isTypeOnly;
    return !isType && checker.getExportSpecifierLocalTargetSymbol(parent) === imported;
  }
  return ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent) === imported
    : checker.getSymbolAtLocation(node) === imported;
}

function isImplemented({ parent }: ts.ExpressionWithTypeArguments): boolean {
  return ts.isHeritageClause(parent) && parent.token === ts.SyntaxKind.ImplementsKeyword;
}

function isValue(name: ts.Node, checker: ts.TypeChecker): boolean {
  const symbol = checker.getSymbolAtLocation(name);
  return !symbol || isValueSymbol(symbol, checker);
}

function isValueSymbol(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const target = resolveAlias(symbol, checker);
  // An unresolved name could stand for anything.
  return target.declarations === undefined || (target.flags & ts.SymbolFlags.Value) !== 0;
}

function calledImports(node: ts.Node, checker: ts.TypeChecker): CodeImport[] {
  if (!ts.isCallExpression(node) || !node.arguments[0]) return [];
  const from = importerOf(bare(node.expression), checker);
  if (from === undefined) return [];
  const argument = bare(node.arguments[0]);
  const location = locationOf(argument);
  const specifiers = location === undefined ? stringsOf(argument, checker) : [location];
  const prefix = specifiers.length === 0 ? beginningOf(argument) : undefined;
  return [{ node: node.arguments[0], specifiers, from, ...(prefix !== undefined && { prefix }) }];
}

/** The file that a call with this callee imports from, when it imports at all: `import`, `require`, what `createRequire` made. */
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

/** `module.require`. */
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

/** The file that `createRequire(base)` starts from. */
function baseOf({ arguments: [base] }: ts.CallExpression, here: string): string {
  return (base && locationOf(bare(base))) ?? here;
}

/** Returns the beginning of a string whose end is only known when the code runs. */
function beginningOf(node: ts.Expression): string | undefined {
  if (ts.isTemplateExpression(node)) return node.head.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const left = bare(node.left);
  return ts.isStringLiteralLike(left) ? left.text : beginningOf(left);
}
