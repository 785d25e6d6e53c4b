import { ts } from 'ts-morph';
import { constantValue, resolveAlias, stringsOf, symbolAt } from '../analysis/expressions.js';
import { bare, isAccess } from '../analysis/syntax.js';

/**
 * Recognises Node's `process` and its members: by the symbols and types of `@types/node`, and where
 * those are missing or have been cast away, by where the name comes from.
 */
export class ProcessObject {
  readonly #checker: ts.TypeChecker;
  readonly #aliases = new Map<ts.Symbol, string | undefined>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Returns whether the expression is `process`, under whatever name. */
  is(expression: ts.Expression): boolean {
    const node = bare(expression);
    if (isProcessType(this.#checker.getTypeAtLocation(node))) return true;
    if (ts.isIdentifier(node)) return this.#isNamed(node);
    if (ts.isCallExpression(node)) return importsProcess(node);
    if (!isAccess(node)) return false;
    const names = this.#accessedNames(node);
    return (
      (names.includes('process') && isGlobalObject(node.expression)) ||
      (names.includes('default') && this.is(node.expression))
    );
  }

  /** The member of `process` that an access takes (`process.exit`), among those of `names`. */
  memberAccessed(node: ts.Node, names: ReadonlySet<string>): string | undefined {
    if (!isAccess(node)) return undefined;
    const name = this.#accessedNames(node).find((accessed) => names.has(accessed));
    if (name === undefined) return undefined;
    const property = ts.isPropertyAccessExpression(node) && this.#checker.getSymbolAtLocation(node.name);
    return (property && isProcessMember(property)) || this.is(node.expression) ? name : undefined;
  }

  /** The member of `process` that a variable or an import holds: `exit` of `const { exit: quit } = process`. */
  memberNamed(identifier: ts.Identifier): string | undefined {
    const symbol = symbolAt(identifier, this.#checker);
    if (!symbol) return undefined;
    if (!this.#aliases.has(symbol)) {
      this.#aliases.set(symbol, undefined);
      this.#aliases.set(symbol, this.#memberHeldBy(symbol));
    }
    return this.#aliases.get(symbol);
  }

  #memberHeldBy(symbol: ts.Symbol): string | undefined {
    if (isProcessMember(symbol)) return symbol.name;
    const declaration = symbol.declarations?.[0];
    if (!declaration) return undefined;
    if (ts.isImportSpecifier(declaration)) {
      const from = declaration.parent.parent.parent.moduleSpecifier;
      return isProcessModule(from) ? (declaration.propertyName ?? declaration.name).text : undefined;
    }
    if (ts.isBindingElement(declaration)) return this.#memberDestructured(declaration);
    if (!isTransparentAlias(declaration)) return undefined;
    const value = boundFunction(bare(declaration.initializer));
    if (ts.isIdentifier(value)) return this.memberNamed(value);
    return this.memberAccessed(value, new Set(this.#namesAccessedBy(value)));
  }

  #memberDestructured(element: ts.BindingElement): string | undefined {
    const name = element.propertyName ?? element.name;
    const pattern = element.parent;
    if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) return undefined;
    const owner = pattern.parent;
    const taken =
      isProcessType(this.#checker.getTypeAtLocation(pattern)) ||
      (ts.isVariableDeclaration(owner) && !!owner.initializer && this.is(owner.initializer));
    return taken ? name.text : undefined;
  }

  #isNamed(identifier: ts.Identifier): boolean {
    const local = this.#checker.getSymbolAtLocation(identifier);
    const declaration = local?.declarations?.[0];
    if (!local || !declaration) return identifier.text === 'process';
    if (ts.isImportClause(declaration)) return isProcessModule(declaration.parent.moduleSpecifier);
    if (ts.isNamespaceImport(declaration)) return isProcessModule(declaration.parent.parent.moduleSpecifier);
    const symbol = resolveAlias(local, this.#checker);
    const ambient = symbol.valueDeclaration && ts.getCombinedModifierFlags(symbol.valueDeclaration);
    if (symbol.name === 'process' && ambient && ambient & ts.ModifierFlags.Ambient) return true;
    const value = constantValue(symbol);
    return value !== undefined && value !== identifier && this.is(value);
  }

  #namesAccessedBy(node: ts.Expression): string[] {
    return isAccess(node) ? this.#accessedNames(node) : [];
  }

  #accessedNames(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string[] {
    return ts.isPropertyAccessExpression(node)
      ? [node.name.text]
      : stringsOf(node.argumentExpression, this.#checker);
  }
}

/** A variable that is only another name for its initialiser: its uses are checked where they stand. */
export function isTransparentAlias(
  node: ts.Node,
): node is ts.VariableDeclaration & { readonly initializer: ts.Expression } {
  return ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && !node.type && !!node.initializer;
}

function isProcessType(type: ts.Type): boolean {
  return type.getSymbol()?.declarations?.some(isProcessInterface) ?? false;
}

function isProcessMember(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some(({ parent }) => parent && isProcessInterface(parent)) ?? false;
}

function isProcessInterface(node: ts.Node): boolean {
  if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'Process') return false;
  const space = node.parent.parent;
  return ts.isModuleDeclaration(space) && space.name.text === 'NodeJS';
}

function isProcessModule(specifier: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(specifier) && (specifier.text === 'process' || specifier.text === 'node:process')
  );
}

/** `f` of `f.bind(…)`; the expression itself when it is something else. */
function boundFunction(node: ts.Expression): ts.Expression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return node;
  return node.expression.name.text === 'bind' ? bare(node.expression.expression) : node;
}

/** `require('process')`, `import('process')` or `process.getBuiltinModule('process')`. */
function importsProcess({ expression, arguments: [specifier] }: ts.CallExpression): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const imports =
    name.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(name) && (name.text === 'require' || name.text === 'getBuiltinModule'));
  return imports && !!specifier && isProcessModule(specifier);
}

function isGlobalObject(expression: ts.Expression): boolean {
  const node = bare(expression);
  return ts.isIdentifier(node) && (node.text === 'globalThis' || node.text === 'global');
}
