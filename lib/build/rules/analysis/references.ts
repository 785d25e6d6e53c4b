import { ts } from 'ts-morph';
import { walk } from './syntax.js';

/** A place where a name stands: an identifier, `#name`, or the literal of `x['name']`. */
export type Use = ts.Identifier | ts.PrivateIdentifier | ts.StringLiteralLike;

/** Who uses what in a plugin, found in one pass over its names; aliases, re-exports and namespaces lead to the declaration. */
export class References {
  readonly checker: ts.TypeChecker;
  readonly #own: ReadonlySet<ts.SourceFile>;
  readonly #uses = new Map<ts.Node, Use[]>();
  readonly #this = new Map<ts.Node, ts.Expression[]>();
  readonly #globalObjects: ts.Identifier[] = [];
  readonly #declared = new Map<ts.Node, readonly ts.Node[]>();

  constructor(checker: ts.TypeChecker, files: readonly ts.SourceFile[]) {
    this.checker = checker;
    this.#own = new Set(files);
    for (const file of files) walk(file, (node) => this.#index(node));
  }

  /** Every place that names what `declaration` declares, its own name included. */
  usesOf(declaration: ts.Node): readonly Use[] {
    return this.#uses.get(declaration) ?? [];
  }

  /** Every `this` that belongs to a method, function or class. */
  thisOf(owner: ts.Node): readonly ts.Expression[] {
    return this.#this.get(owner) ?? [];
  }

  /** Every place that names `globalThis` itself. */
  get globalObjects(): readonly ts.Identifier[] {
    return this.#globalObjects;
  }

  /** What is declared outside the plugin and named inside, with its uses. */
  *external(): Iterable<[declaration: ts.Node, uses: readonly Use[]]> {
    for (const [declaration, uses] of this.#uses) {
      if (!this.isOwn(declaration)) yield [declaration, uses];
    }
  }

  isOwn(node: ts.Node): boolean {
    return this.#own.has(node.getSourceFile());
  }

  /** Where the name at `node` is declared, wherever that is. */
  declarationsOf(node: ts.Node): readonly ts.Node[] {
    const known = this.#declared.get(node);
    if (known) return known;
    const symbol = this.#symbolAt(node);
    return symbol ? this.#declarations(symbol) : [];
  }

  #index(node: ts.Node): void {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) this.#indexName(node);
    else if (ts.isStringLiteralLike(node) && ts.isElementAccessExpression(node.parent)) this.#indexName(node);
    else if (node.kind === ts.SyntaxKind.ThisKeyword) this.#indexThis(node as ts.ThisExpression);
  }

  #indexName(node: Use): void {
    const symbol = this.#symbolAt(node);
    if (symbol) this.#add(symbol, node);
    if (ts.isBindingElement(node.parent) && !node.parent.propertyName && node.parent.name === node) {
      const property = this.#boundProperty(node.parent, node.text);
      if (property) this.#add(property, node);
    }
  }

  #add(symbol: ts.Symbol, use: Use): void {
    const declarations = this.#declarations(symbol);
    if (!this.#declared.has(use)) this.#declared.set(use, declarations);
    if (declarations.length === 0 && symbol.name === 'globalThis')
      this.#globalObjects.push(use as ts.Identifier);
    for (const declaration of declarations) {
      const uses = this.#uses.get(declaration);
      if (uses) uses.push(use);
      else this.#uses.set(declaration, [use]);
    }
  }

  #indexThis(node: ts.Expression): void {
    const owner = thisOwner(node);
    const known = this.#this.get(owner);
    if (known) known.push(node);
    else this.#this.set(owner, [node]);
  }

  #symbolAt(node: ts.Node): ts.Symbol | undefined {
    const symbol =
      ts.isIdentifier(node) && ts.isShorthandPropertyAssignment(node.parent)
        ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
        : this.checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  #boundProperty(element: ts.BindingElement, name: string): ts.Symbol | undefined {
    if (!ts.isObjectBindingPattern(element.parent) || element.dotDotDotToken) return undefined;
    return this.checker.getTypeAtLocation(element.parent).getProperty(name);
  }

  // A property of a union is declared once a member; outside the plugin one declaration stands for all. An interface that
  // the plugin adds to, such as that of arrays, is no value.
  #declarations(symbol: ts.Symbol): readonly ts.Node[] {
    const all = symbol.declarations ?? [];
    const own = all.filter(
      (declaration) => this.isOwn(declaration) && !ts.isInterfaceDeclaration(declaration),
    );
    if (own.length > 0) return own;
    const first = symbol.valueDeclaration ?? all[0];
    return first ? [first] : [];
  }
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
