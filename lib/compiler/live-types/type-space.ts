import { ts } from 'ts-morph';
import { declarationText } from './declaration-text.js';
import type { EmittedModule } from './emitted-module.js';
import {
  isImport,
  originOfImport,
  originOfLocal,
  originOfMember,
  type Origin,
  type Resolve,
} from './module-exports.js';
import { Unsayable } from './unsayable.js';

/** Dependencies of a space: the program of its modules. */
export interface SpaceDeps {
  readonly resolve: Resolve;
  /** Returns how any file can write a global type of this name; `undefined` if only this program knows the type. */
  readonly globalName: (name: string) => string | undefined;
  /** Returns whether a reader of the stubs can find a package that types are imported from. */
  readonly isFound: (specifier: string) => boolean;
}

/**
 * The names of one plugin in `live.d.ts`: types that its live functions mention, each declared once, and imports of packages.
 * Types of the same name from different files are distinguished.
 */
export class TypeSpace {
  readonly #prefix: string;
  readonly #deps: SpaceDeps;
  /** Indexed by module and name. */
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #declared = new Map<string, string>();
  readonly #imports = new Map<string, string>();

  /** @param prefix begins the names of imports, because all plugins share one file. */
  constructor(prefix: string, reserved: Iterable<string>, deps: SpaceDeps) {
    this.#prefix = prefix;
    this.#deps = deps;
    for (const name of reserved) this.#taken.add(name);
  }

  /** Returns the declarations, sorted by name. */
  get declarations(): string[] {
    return [...this.#declared].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, text]) => text);
  }

  /** Returns the import statements for the top of the file, sorted. */
  get imports(): string[] {
    return [...this.#imports.keys()].sort();
  }

  /** Returns whether something is declared here under this name. */
  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** Tries to write something down; if that fails, declarations made meanwhile are discarded. */
  attempt<T>(write: () => T): T | undefined {
    const before = [this.#names, this.#declared, this.#imports].map((map) => new Map<string, string>(map));
    const taken = new Set(this.#taken);
    try {
      return write();
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      for (const [index, map] of [this.#names, this.#declared, this.#imports].entries()) {
        map.clear();
        for (const [key, value] of before[index]!) map.set(key, value);
      }
      this.#taken.clear();
      for (const name of taken) this.#taken.add(name);
      return undefined;
    }
  }

  /** Returns the text of a node of a module, in the names of this space. @throws Unsayable */
  text(node: ts.Node, module: EmittedModule): string {
    const { file } = module;
    const start = node.getStart(file);
    const edits: Edit[] = [];
    const visit = (one: ts.Node): void => {
      const edit = this.#editOf(one, module);
      if (!edit) return ts.forEachChild(one, visit);
      edits.push(edit);
      // The arguments of `import('zod').ZodType<…>`, and of `Buffer<…>`, are left as they are.
      for (const arg of (edit.dropsArguments ? undefined : typeArguments(one)) ?? []) visit(arg);
    };
    visit(node);
    let text = '';
    let from = start;
    for (const { from: begin, to, text: replacement } of edits.sort(
      (left, right) => left.from - right.from,
    )) {
      text += file.text.slice(from, begin) + replacement;
      from = to;
    }
    return text + file.text.slice(from, node.end);
  }

  /** Returns the name in this space of something that a module declares, and declares it here, too. @throws Unsayable */
  declare(module: EmittedModule, name: string): string {
    const key = `${module.path} ${name}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const declarations = module.declarationsOf(name);
    if (!declarations) throw new Unsayable(`${name} of ${module.path}`);
    const given = this.#freeName(name === 'default' ? 'Default' : name);
    this.#names.set(key, given);
    this.#declared.set(given, declarationText(declarations, given, module, this));
    return given;
  }

  #editOf(node: ts.Node, module: EmittedModule): Edit | undefined {
    if (ts.isImportTypeNode(node)) return this.#importType(node, module);
    const identifier = referenceIn(node);
    return identifier && this.#reference(identifier, node, module);
  }

  #reference(identifier: ts.Identifier, node: ts.Node, module: EmittedModule): Edit | undefined {
    const declaration = module.referenceOf(identifier);
    const { file } = module;
    const edit = (text: string): Edit => ({ from: identifier.getStart(file), to: identifier.end, text });
    if (!declaration) {
      const name = this.#deps.globalName(identifier.text);
      if (name === undefined) throw new Unsayable(identifier.text);
      // `Buffer` crosses as a Uint8Array, whose type arguments older compilers do not know.
      return name === identifier.text
        ? undefined
        : { from: node.getStart(file), to: node.end, text: name, dropsArguments: true };
    }
    // A class that extends the result of an expression has a base without a name.
    if (ts.isExpressionWithTypeArguments(node) && ts.isVariableDeclaration(declaration)) {
      throw new Unsayable(identifier.text);
    }
    const member = ts.isNamespaceImport(declaration) ? memberAfter(identifier) : undefined;
    const whole = member && originOfMember(declaration, member.text, module, this.#deps.resolve);
    if (member && whole)
      return { from: identifier.getStart(file), to: member.end, text: this.#nameOf(whole) };
    if (isImport(declaration))
      return edit(this.#nameOf(originOfLocal(declaration, module, this.#deps.resolve)));
    return isAtTopLevel(declaration) ? edit(this.declare(module, identifier.text)) : undefined;
  }

  /** Handles `import('./rank.js').Rank`, which TypeScript writes for types that a file does not import itself. */
  #importType(node: ts.ImportTypeNode, module: EmittedModule): Edit | undefined {
    const { argument, qualifier } = node;
    if (!ts.isLiteralTypeNode(argument) || !ts.isStringLiteral(argument.literal))
      throw new Unsayable(node.getText());
    if (!qualifier) throw new Unsayable(node.getText());
    const first = leftmost(qualifier);
    const specifier = argument.literal.text;
    const origin = originOfImport(specifier, { export: first.text }, module, this.#deps.resolve);
    const rest = module.file.text.slice(first.end, qualifier.end);
    const head = node.isTypeOf ? 'typeof ' : '';
    const text = `${head}${this.#nameOf(origin)}${rest}`;
    return { from: node.getStart(module.file), to: qualifier.end, text };
  }

  #nameOf(origin: Origin): string {
    if (origin.kind === 'own') return this.declare(origin.module, origin.name);
    const { specifier, name } = origin;
    if (!this.#deps.isFound(specifier)) throw new Unsayable(specifier);
    if (name !== 'everything' && name.export === 'Buffer' && /^(?:node:)?buffer$/.test(specifier))
      return 'Uint8Array';
    const wanted = name === 'everything' ? specifier.replaceAll(/\W+/g, '_') : name.export;
    const local = `${this.#prefix}_${wanted}`;
    const clause = name === 'everything' ? `* as ${local}` : `{ ${name.export} as ${local} }`;
    this.#imports.set(`import type ${clause} from '${specifier}';`, local);
    return local;
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let clash = 2; this.#taken.has(name); clash++) name = `${wanted}${clash}`;
    this.#taken.add(name);
    return name;
  }
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly dropsArguments?: true;
}

/** Returns the identifier by which a node refers to something declared elsewhere. */
function referenceIn(node: ts.Node): ts.Identifier | undefined {
  if (ts.isTypeReferenceNode(node)) return leftmost(node.typeName);
  if (ts.isTypeQueryNode(node) && !ts.isImportTypeNode(node.exprName)) return leftmost(node.exprName);
  if (ts.isExpressionWithTypeArguments(node) || ts.isComputedPropertyName(node)) {
    let { expression } = node;
    while (ts.isPropertyAccessExpression(expression)) expression = expression.expression;
    if (ts.isIdentifier(expression)) return expression;
    if (ts.isStringLiteralLike(expression) || ts.isNumericLiteral(expression)) return undefined;
    throw new Unsayable(node.getText());
  }
  return undefined;
}

function leftmost(name: ts.EntityName): ts.Identifier {
  return ts.isIdentifier(name) ? name : leftmost(name.left);
}

/** Returns `Money` for `money.Money`. */
function memberAfter({ parent }: ts.Identifier): ts.Identifier | undefined {
  if (ts.isQualifiedName(parent)) return parent.right;
  return ts.isPropertyAccessExpression(parent) && ts.isIdentifier(parent.name) ? parent.name : undefined;
}

function typeArguments(node: ts.Node): readonly ts.TypeNode[] | undefined {
  return ts.isTypeReferenceNode(node) ||
    ts.isImportTypeNode(node) ||
    ts.isTypeQueryNode(node) ||
    ts.isExpressionWithTypeArguments(node)
    ? node.typeArguments
    : undefined;
}

function isAtTopLevel(declaration: ts.Declaration): boolean {
  const parent = ts.isVariableDeclaration(declaration)
    ? declaration.parent.parent.parent
    : declaration.parent;
  return ts.isSourceFile(parent);
}
