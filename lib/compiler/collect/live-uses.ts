import { hasLivePrefix } from '../live-prefix.js';
import { ts, type Project, type SourceFile } from 'ts-morph';
import type { PlaceFacts, UseFacts } from '../../manifest/manifest.js';
import { relativePath } from '../../core/paths.js';
import { isOfLiveswap } from '../rules/analysis/liveswap-package.js';
import type { ShapeReader } from './shape-reader.js';

/** The live names that code uses. */
export interface LiveUses {
  readonly uses?: readonly UseFacts[];
  readonly unknownUses?: readonly PlaceFacts[];
}

/** Settings for recording uses. */
export interface UseNotes {
  /** The folder to which file names are relative. */
  readonly relativeTo: string;
  /** Reads the types that calls pass and expect. Without it, only names are recorded. */
  readonly reader?: ShapeReader;
}

/**
 * Finds the places where code calls live functions by name, or names live types: `vault.call('live_open')`,
 * `swapper.live().live_open()`, `LiveData.of('Live_Fire', …)`. A name may be a constant; a name only known at run time is an
 * unknown use.
 */
export function liveUses(
  files: readonly SourceFile[],
  prefix: string,
  project: Project,
  notes: UseNotes,
): LiveUses {
  const collector = new UseCollector(prefix, project, notes);
  for (const file of files) collector.visit(file.compilerNode);
  const { uses, unknownUses } = collector;
  return { ...(uses.length > 0 && { uses }), ...(unknownUses.length > 0 && { unknownUses }) };
}

class UseCollector {
  readonly unknownUses: PlaceFacts[] = [];
  readonly #uses: UseFacts[] = [];
  readonly #prefix: string;
  readonly #project: Project;
  readonly #checker: ts.TypeChecker;
  readonly #notes: UseNotes;

  constructor(prefix: string, project: Project, notes: UseNotes) {
    this.#prefix = prefix;
    this.#project = project;
    this.#checker = project.getTypeChecker().compilerObject;
    this.#notes = notes;
  }

  get uses(): readonly UseFacts[] {
    return this.#uses.sort((left, right) => orderOf(left, right));
  }

  visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) this.#call(node);
    else if (ts.isPropertyAccessExpression(node)) this.#member(node, node.name.text);
    else if (ts.isElementAccessExpression(node)) this.#element(node);
    else if (ts.isBindingElement(node)) this.#binding(node);
    ts.forEachChild(node, (child) => this.visit(child));
  }

  /** Reads `vault.call('live_open', …)` and `LiveData.of('Live_Fire', …)`, whose first argument is the name. */
  #call(node: ts.CallExpression): void {
    const { expression, arguments: args } = node;
    if (!ts.isPropertyAccessExpression(expression)) return;
    const method = expression.name.text;
    const [name, ...rest] = args;
    if (!name || (method !== 'call' && method !== 'of')) return;
    const isOurs = this.#isOurs(expression);
    const names = this.#namesOf(name);
    if (names) {
      const live = names.filter((one) => isOurs || this.#isLive(one));
      for (const one of live) this.#add(one, node, method === 'call' ? rest : undefined);
    } else if (isOurs || this.#mayBeOurs(expression, name)) {
      this.unknownUses.push(this.#placeOf(node));
    }
  }

  #member(node: ts.PropertyAccessExpression, name: string): void {
    if (this.#isLive(name) && this.#isOfTable(node.name, node.expression)) this.#addMember(name, node);
  }

  #element(node: ts.ElementAccessExpression): void {
    const names = this.#namesOf(node.argumentExpression);
    if (names) {
      const live = names.filter((name) => this.#isLive(name));
      for (const name of live) this.#addMember(name, node);
    } else if (this.#isTable(node.expression)) {
      this.unknownUses.push(this.#placeOf(node));
    }
  }

  /** Reads `const { live_open } = vault.live`. */
  #binding({ propertyName, name, parent }: ts.BindingElement): void {
    const key = propertyName ?? name;
    if (!ts.isObjectBindingPattern(parent) || !ts.isIdentifier(key) || !this.#isLive(key.text)) return;
    this.#add(key.text, key, undefined);
  }

  #addMember(name: string, node: ts.Expression): void {
    const { parent } = node;
    const isCalled = ts.isCallExpression(parent) && parent.expression === node;
    this.#add(name, isCalled ? parent : node, isCalled ? parent.arguments : undefined);
  }

  #add(name: string, node: ts.Node, args: readonly ts.Expression[] | undefined): void {
    const { reader } = this.#notes;
    const passed = reader && !args?.some(ts.isSpreadElement) ? args : undefined;
    const result = reader && ts.isCallExpression(node) ? this.#expected(node) : undefined;
    this.#uses.push({
      name,
      ...this.#placeOf(node),
      ...(passed && { args: passed.map((arg) => reader!.shape(this.#checker.getTypeAtLocation(arg))) }),
      ...(result && { result: reader!.shape(result) }),
    });
  }

  /**
   * Returns the expected type of a call's result: an asserted one, or that in a table of live functions declared by the caller.
   */
  #expected(call: ts.CallExpression): ts.Type | undefined {
    let node: ts.Node = call;
    while (ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
    const { parent } = node;
    // Only types that the calling code itself states count, because the live function's own type is not a demand of the call.
    if (!ts.isAsExpression(parent) && this.#isByName(call)) return undefined;
    const type = this.#checker.getTypeAtLocation(ts.isAsExpression(parent) ? parent : call);
    const awaited = this.#checker.getAwaitedType(type) ?? type;
    return awaited.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) ? undefined : awaited;
  }

  #isByName({ expression }: ts.CallExpression): boolean {
    if (!ts.isPropertyAccessExpression(expression) && !ts.isElementAccessExpression(expression)) return false;
    const isCall = ts.isPropertyAccessExpression(expression) && this.#isOurs(expression);
    return isCall || this.#isTable(expression.expression);
  }

  /** Returns the names that an expression can stand for: a literal, a constant, or a choice between these. */
  #namesOf(expression: ts.Expression): string[] | undefined {
    const type = this.#checker.getTypeAtLocation(expression);
    const parts = type.isUnion() ? type.types : [type];
    return parts.every((part) => part.isStringLiteral()) ? parts.map((part) => part.value) : undefined;
  }

  #isLive(name: string): boolean {
    return hasLivePrefix(name, this.#prefix) && name.length > this.#prefix.length;
  }

  /** Returns whether a member belongs to a table of live functions, rather than being a function of a module in this program. */
  #isOfTable(name: ts.MemberName, owner: ts.Expression): boolean {
    const symbol = ts.isIdentifier(owner) ? this.#checker.getSymbolAtLocation(owner) : undefined;
    const [declared] = symbol?.declarations ?? [];
    if (declared && ts.isNamespaceImport(declared)) return false;
    const member = this.#checker.getSymbolAtLocation(name);
    return !(member?.flags ?? 0) || ((member?.flags ?? 0) & ts.SymbolFlags.Alias) === 0;
  }

  /** Returns whether any name can be called on an expression, as on `vault.live`. */
  #isTable(expression: ts.Expression): boolean {
    const type = this.#checker.getTypeAtLocation(expression);
    return [type, ...(type.isIntersection() ? type.types : [])].some(
      ({ symbol }) =>
        symbol && /^(?:UntypedLive|LiveFunctions)$/.test(symbol.name) && isOfLiveswap(symbol, this.#project),
    );
  }

  #isOurs(callee: ts.PropertyAccessExpression): boolean {
    const symbol = this.#checker.getSymbolAtLocation(callee.name);
    return symbol !== undefined && isOfLiveswap(symbol, this.#project);
  }

  /** Returns whether a call may be that of a live function: in untyped JavaScript, a method `call` with a string argument may. */
  #mayBeOurs({ name }: ts.PropertyAccessExpression, argument: ts.Expression): boolean {
    if (this.#notes.reader || name.text !== 'call' || this.#checker.getSymbolAtLocation(name)) return false;
    const { flags } = this.#checker.getTypeAtLocation(argument);
    return (
      (flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Any)) !== 0 &&
      argument.kind !== ts.SyntaxKind.ThisKeyword
    );
  }

  #placeOf(node: ts.Node): PlaceFacts {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    return { file: relativePath(this.#notes.relativeTo, file.fileName), line: line + 1 };
  }
}

function orderOf(left: UseFacts, right: UseFacts): number {
  const [one, other] = [left, right].map(
    ({ name, file, line }) => `${name} ${file} ${String(line).padStart(9)}`,
  );
  return one! < other! ? -1 : 1;
}
