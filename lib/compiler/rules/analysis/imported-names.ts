import { ts } from 'ts-morph';
import { bare } from './syntax.js';

/** An export that code uses: `*` is a whole module; `default` is also the whole export of CommonJS. */
export interface ImportedName {
  readonly module: string;
  readonly name: string;
}

/** Finds the origin of names that a file gets by `import` or `require`. It only reads syntax, so it also works for JavaScript. */
export class ImportedNames {
  readonly #names = new Map<string, ImportedName>();

  constructor(file: ts.SourceFile) {
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node)) this.#import(node);
      if (ts.isVariableDeclaration(node)) this.#require(node);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  /** Returns the export that an expression names; globals of the platform have the module ''. */
  of(expression: ts.Expression): ImportedName | undefined {
    const node = bare(expression);
    if (ts.isIdentifier(node)) return this.#names.get(node.text) ?? { module: '', name: node.text };
    if (ts.isPropertyAccessExpression(node)) return memberOf(this.of(node.expression), node.name.text);
    const module = requiredModule(node);
    return module === undefined ? undefined : { module, name: '*' };
  }

  #import({ moduleSpecifier, importClause }: ts.ImportDeclaration): void {
    if (!importClause || !ts.isStringLiteral(moduleSpecifier)) return;
    const module = plain(moduleSpecifier.text);
    const { name, namedBindings } = importClause;
    if (name) this.#names.set(name.text, { module, name: 'default' });
    if (!namedBindings) return;
    if (ts.isNamespaceImport(namedBindings)) this.#names.set(namedBindings.name.text, { module, name: '*' });
    else
      for (const { name: local, propertyName } of namedBindings.elements)
        this.#names.set(local.text, { module, name: (propertyName ?? local).text });
  }

  #require({ name, initializer }: ts.VariableDeclaration): void {
    const found = initializer && this.#ofRequire(initializer);
    if (!found) return;
    if (ts.isIdentifier(name)) return void this.#names.set(name.text, found);
    if (!ts.isObjectBindingPattern(name)) return;
    for (const { name: local, propertyName } of name.elements) {
      const key = propertyName ?? local;
      if (!ts.isIdentifier(local) || !ts.isIdentifier(key)) continue;
      const member = memberOf(found, key.text);
      if (member) this.#names.set(local.text, member);
    }
  }

  #ofRequire(expression: ts.Expression): ImportedName | undefined {
    const node = bare(expression);
    if (ts.isPropertyAccessExpression(node))
      return memberOf(this.#ofRequire(node.expression), node.name.text);
    const module = requiredModule(node);
    return module === undefined ? undefined : { module, name: '*' };
  }
}

function memberOf(owner: ImportedName | undefined, name: string): ImportedName | undefined {
  if (!owner) return undefined;
  const isWhole = owner.name === '*' || owner.name === 'default';
  return { module: owner.module, name: isWhole && owner.module !== '' ? name : `${owner.name}.${name}` };
}

function requiredModule(node: ts.Expression): string | undefined {
  if (ts.isAwaitExpression(node)) return requiredModule(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const { expression, arguments: given } = node;
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
  const [specifier] = given;
  if (!isRequire && expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  return specifier && ts.isStringLiteralLike(specifier) ? plain(specifier.text) : undefined;
}

function plain(specifier: string): string {
  return specifier.replace(/^node:/, '');
}
