import { ts } from 'ts-morph';
import { constantValue, resolveAlias, stringsOf } from '../analysis/expressions.js';
import { bare, isAccess } from '../analysis/syntax.js';

/**
 * Recognises Node's `process` under other names: by the types of `@types/node`, or, if those are missing or were cast away, by the
 * origin of the name.
 */
export class ProcessObject {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Returns whether the expression is `process`, under any name. */
  is(expression: ts.Expression): boolean {
    const node = bare(expression);
    if (this.#isTyped(node)) return true;
    if (ts.isIdentifier(node)) return this.#isNamed(node);
    if (ts.isCallExpression(node)) return importsProcess(node);
    if (!isAccess(node)) return false;
    const owner = bare(node.expression);
    const isGlobal = ts.isIdentifier(owner) && (owner.text === 'globalThis' || owner.text === 'global');
    return this.#namesIn(node).includes(isGlobal ? 'process' : 'default') && (isGlobal || this.is(owner));
  }

  /**
   * Returns the member of `process` that is taken at a node, if it is one of `names`: by `process.exit`, by the `exit` of a pattern,
   * or by that of an import or a re-export.
   */
  memberAt(node: ts.Node, names: { has(name: string): boolean }): string | undefined {
    if (isAccess(node)) {
      const name = this.#namesIn(node).find((accessed) => names.has(accessed));
      return name !== undefined && this.is(node.expression) ? name : undefined;
    }
    const isPart = ts.isBindingElement(node) || ts.isImportSpecifier(node) || ts.isExportSpecifier(node);
    if (!isPart) return undefined;
    const key = node.propertyName ?? node.name;
    if (!(ts.isIdentifier(key) || ts.isStringLiteral(key)) || !names.has(key.text)) return undefined;
    const isTaken = ts.isBindingElement(node) ? this.#isSourceOf(node.parent) : isOfModule(node);
    return isTaken ? key.text : undefined;
  }

  /** Returns whether a pattern takes `process` apart. */
  #isSourceOf(pattern: ts.BindingPattern): boolean {
    const { parent } = pattern;
    const source = ts.isVariableDeclaration(parent) ? parent.initializer : undefined;
    return this.#isTyped(pattern) || (source !== undefined && this.is(source));
  }

  #isTyped(node: ts.Node): boolean {
    const symbol = this.#checker.getTypeAtLocation(node).getSymbol();
    return symbol?.declarations?.some(isProcessInterface) ?? false;
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

function isProcessInterface(node: ts.Node): boolean {
  if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'Process') return false;
  const space = node.parent.parent;
  return ts.isModuleDeclaration(space) && space.name.text === 'NodeJS';
}

function isProcessModule(specifier: ts.Node | undefined): boolean {
  return !!specifier && ts.isStringLiteralLike(specifier) && /^(?:node:)?process$/.test(specifier.text);
}

function isOfModule(node: ts.ImportSpecifier | ts.ExportSpecifier): boolean {
  const { parent } = node.parent;
  return isProcessModule((ts.isImportClause(parent) ? parent.parent : parent).moduleSpecifier);
}

/** Recognises `require('process')`, `import('process')` and `process.getBuiltinModule('process')`. */
function importsProcess({ expression, arguments: [specifier] }: ts.CallExpression): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const isImport =
    name.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(name) && /^(?:require|getBuiltinModule)$/.test(name.text));
  return isImport && isProcessModule(specifier);
}
