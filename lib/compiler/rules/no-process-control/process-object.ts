import { ts } from 'ts-morph';
import { constantValue, resolveAlias, stringsOf, symbolAt } from '../analysis/expressions.js';
import { bare, isAccess } from '../analysis/syntax.js';

/**
 * Recognises Node's `process` and its members under other names: by the types of `@types/node`, or, if those are missing or were
 * cast away, by the origin of the name.
 */
export class ProcessObject {
  readonly #checker: ts.TypeChecker;
  readonly #held = new Map<ts.Symbol, string | undefined>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Returns whether the expression is `process`, under any name. */
  is(expression: ts.Expression): boolean {
    const node = bare(expression);
    const type = this.#checker.getTypeAtLocation(node);
    if (type.getSymbol()?.declarations?.some(isProcessInterface)) return true;
    if (ts.isIdentifier(node)) return this.#isNamed(node);
    if (ts.isCallExpression(node)) return importsProcess(node);
    if (!isAccess(node)) return false;
    const owner = bare(node.expression);
    const isGlobal = ts.isIdentifier(owner) && (owner.text === 'globalThis' || owner.text === 'global');
    return this.#namesIn(node).includes(isGlobal ? 'process' : 'default') && (isGlobal || this.is(owner));
  }

  /** Returns which member of `process` among `names` an expression is: `process.exit`, a variable that holds it, an import. */
  memberAt(node: ts.Node, names: ReadonlySet<string>): string | undefined {
    if (ts.isIdentifier(node)) return this.#memberHeldBy(symbolAt(node, this.#checker));
    if (!isAccess(node)) return undefined;
    const name = this.#namesIn(node).find((accessed) => names.has(accessed));
    if (name !== undefined && this.is(node.expression)) return name;
    // The expression may be `tools.quit`, of a module that exports `const quit = process.exit`.
    return ts.isPropertyAccessExpression(node)
      ? this.#memberHeldBy(symbolAt(node.name, this.#checker))
      : undefined;
  }

  #memberHeldBy(symbol: ts.Symbol | undefined): string | undefined {
    if (!symbol) return undefined;
    // The entry made before the search ends the recursion for a variable that refers to itself.
    if (!this.#held.has(symbol)) {
      this.#held.set(symbol, undefined);
      this.#held.set(symbol, this.#memberDeclaredBy(symbol));
    }
    return this.#held.get(symbol);
  }

  #memberDeclaredBy(symbol: ts.Symbol): string | undefined {
    const [declaration] = symbol.declarations ?? [];
    if (!declaration) return undefined;
    if (isProcessInterface(declaration.parent)) return symbol.name;
    if (isTransparentAlias(declaration)) {
      const value = unbound(bare(declaration.initializer));
      return this.memberAt(value, new Set(isAccess(value) ? this.#namesIn(value) : []));
    }
    if (!ts.isBindingElement(declaration)) return undefined;
    const { parent: pattern, propertyName, name } = declaration;
    const key = propertyName ?? name;
    const source = ts.isVariableDeclaration(pattern.parent) ? pattern.parent.initializer : undefined;
    const type = this.#checker.getTypeAtLocation(pattern).getSymbol();
    const isTaken = type?.declarations?.some(isProcessInterface) || (source && this.is(source));
    return isTaken && (ts.isIdentifier(key) || ts.isStringLiteral(key)) ? key.text : undefined;
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

  #namesIn(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string[] {
    return ts.isPropertyAccessExpression(node)
      ? [node.name.text]
      : stringsOf(node.argumentExpression, this.#checker);
  }
}

/** Returns whether a variable is only another name for its initialiser, so that its uses are checked individually. */
export function isTransparentAlias(
  node: ts.Node,
): node is ts.VariableDeclaration & { readonly initializer: ts.Expression } {
  return ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && !node.type && !!node.initializer;
}

function isProcessInterface(node: ts.Node | undefined): boolean {
  if (!node || !ts.isInterfaceDeclaration(node) || node.name.text !== 'Process') return false;
  const space = node.parent.parent;
  return ts.isModuleDeclaration(space) && space.name.text === 'NodeJS';
}

function isProcessModule(specifier: ts.Node | undefined): boolean {
  return !!specifier && ts.isStringLiteralLike(specifier) && /^(?:node:)?process$/.test(specifier.text);
}

/** Returns `f` for `f.bind(…)`, and any other expression as it is. */
function unbound(node: ts.Expression): ts.Expression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return node;
  return node.expression.name.text === 'bind' ? bare(node.expression.expression) : node;
}

/** Recognises `require('process')`, `import('process')` and `process.getBuiltinModule('process')`. */
function importsProcess({ expression, arguments: [specifier] }: ts.CallExpression): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const isImport =
    name.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(name) && /^(?:require|getBuiltinModule)$/.test(name.text));
  return isImport && isProcessModule(specifier);
}
