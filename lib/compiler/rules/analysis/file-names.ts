import { ts } from 'ts-morph';
import { symbolAt } from './expressions.js';
import { append } from './lists.js';
import { walk } from './syntax.js';

/** An occurrence of a name: an identifier, `#name`, or the literal in `x['name']`. */
export type Use = ts.Identifier | ts.PrivateIdentifier | ts.StringLiteralLike;

/** Declarations of the names in one file, and owners of each `this`. */
export interface FileNames {
  /** Uses by declaration, wherever that is, in the order of the text. */
  readonly uses: ReadonlyMap<ts.Node, readonly Use[]>;
  /** Declarations by name. */
  readonly declared: ReadonlyMap<ts.Node, readonly ts.Node[]>;
  /** Each `this` by method, function or class. */
  readonly thisOf: ReadonlyMap<ts.Node, readonly ts.Expression[]>;
  /** Every place that names `globalThis` itself. */
  readonly globalObjects: readonly ts.Identifier[];
}

/**
 * Collects the names of a file.
 *
 * @param isOwn tells whether a node is part of the plugin.
 */
export function readNames(
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  isOwn: (node: ts.Node) => boolean,
): FileNames {
  const uses = new Map<ts.Node, Use[]>();
  const declared = new Map<ts.Node, readonly ts.Node[]>();
  const thisOf = new Map<ts.Node, ts.Expression[]>();
  const globalObjects: ts.Identifier[] = [];
  const add = (symbol: ts.Symbol, use: Use): void => {
    const declarations = declarationsIn(symbol, isOwn);
    if (!declared.has(use)) declared.set(use, declarations);
    if (declarations.length === 0 && symbol.name === 'globalThis') globalObjects.push(use as ts.Identifier);
    for (const declaration of declarations) append(uses, declaration, use);
  };
  walk(file, (node) => {
    if (isUse(node)) for (const symbol of symbolsNamed(node, checker)) add(symbol, node);
    else if (node.kind === ts.SyntaxKind.ThisKeyword)
      append(thisOf, thisOwner(node), node as ts.ThisExpression);
  });
  return { uses, declared, thisOf, globalObjects };
}

function isUse(node: ts.Node): node is Use {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return true;
  return ts.isStringLiteralLike(node) && ts.isElementAccessExpression(node.parent);
}

/** Returns the symbols that a use names. `{ shots }` names a property and a variable. */
function symbolsNamed(node: Use, checker: ts.TypeChecker): ts.Symbol[] {
  const { parent } = node;
  const isBoth = ts.isBindingElement(parent) && !parent.propertyName && parent.name === node;
  const property = isBoth ? boundProperty(parent, node.text, checker) : undefined;
  return [symbolAt(node, checker), property].filter((symbol) => symbol !== undefined);
}

function boundProperty(
  element: ts.BindingElement,
  name: string,
  checker: ts.TypeChecker,
): ts.Symbol | undefined {
  if (!ts.isObjectBindingPattern(element.parent) || element.dotDotDotToken) return undefined;
  return checker.getTypeAtLocation(element.parent).getProperty(name);
}

/**
 * Returns the declarations of a symbol. A property of a union has one for each member; outside the plugin, one declaration stands
 * for all. An interface that the plugin extends, such as that of arrays, is not a value.
 */
export function declarationsIn(symbol: ts.Symbol, isOwn: (node: ts.Node) => boolean): readonly ts.Node[] {
  const all = symbol.declarations ?? [];
  const own = all.filter((declaration) => isOwn(declaration) && !ts.isInterfaceDeclaration(declaration));
  if (own.length > 0) return own;
  const first = symbol.valueDeclaration ?? all[0];
  return first ? [first] : [];
}

function thisOwner(node: ts.Node): ts.Node {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (ts.isArrowFunction(outer)) continue;
    if (
      ts.isFunctionLike(outer) ||
      ts.isClassStaticBlockDeclaration(outer) ||
      ts.isPropertyDeclaration(outer)
    )
      return outer;
  }
  return node.getSourceFile();
}
