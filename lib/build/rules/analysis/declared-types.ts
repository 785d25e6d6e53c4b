import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { partOfFile } from './liveswap-package.js';
import { isOfPlatform } from './origin.js';
import { platformKind } from './platform-kinds.js';

/** Knows where a type comes from: the language, Node, liveswap or the plugin, and what that means for its instances. */
export class DeclaredTypes {
  readonly #analysis: Analysis;
  readonly #livePrefix: string;

  constructor(analysis: Analysis, livePrefix: string) {
    this.#analysis = analysis;
    this.#livePrefix = livePrefix.toLowerCase();
  }

  /** The name of what the language or Node declares, without its module: `Date`, `NodeJS.Timeout`. */
  platformName(symbol: ts.Symbol): string | undefined {
    // `Readonly<…>` and its like are written in the language's own files as well, but stand for what they are given.
    const named = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
    if (!named || !symbol.declarations?.some((node) => isOfPlatform(this.#analysis, node))) return undefined;
    return this.#analysis.checker.getFullyQualifiedName(symbol).replace(/^(?:"[^"]*"|global)\./, '');
  }

  /** The type of the platform that a declared type extends, when that one crosses as it is: `Error`, `Map`, an array. */
  crossingBase(type: ts.Type): ts.Type | undefined {
    const declared = isReference(type) ? type.target : type;
    if (!declared.isClassOrInterface()) return undefined;
    for (const base of this.#analysis.checker.getBaseTypes(declared)) {
      const symbol = base.getSymbol();
      const name = symbol && this.platformName(symbol);
      const kind = name === undefined ? undefined : platformKind(name);
      if (kind === 'value' || kind === 'map' || kind === 'set') return base;
      const further = this.crossingBase(base);
      if (further) return further;
    }
    return undefined;
  }

  /** Whether instances get their methods back on the other side: those of live types and errors. */
  isRevived(type: ts.Type, owner: ts.Node | undefined): boolean {
    // `Readonly<Live_Fire>` is as live as `Live_Fire`.
    const types = [type, ...(type.aliasTypeArguments ?? [])];
    const classes = [
      ...types.flatMap((part) => part.getSymbol()?.declarations ?? []),
      ...(owner ? [owner] : []),
    ];
    if (classes.some((node) => this.#isLiveClass(node))) return true;
    const base = this.crossingBase(type);
    return base !== undefined && base.getProperty('message') !== undefined;
  }

  /** Whether this is the class `LiveData`, whose instances have a form of their own for the way. */
  isLiveData({ name, declarations = [] }: ts.Symbol): boolean {
    const { project } = this.#analysis.plugin;
    return (
      name === 'LiveData' && declarations.some((node) => partOfFile(node.getSourceFile().fileName, project))
    );
  }

  #isLiveClass(node: ts.Node): boolean {
    if (!ts.isClassLike(node)) return false;
    const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
    const name = named && ts.isIdentifier(named) ? named.text : '';
    return name.toLowerCase().startsWith(this.#livePrefix);
  }
}

/** Whether a type is a use of a generic one: it has type arguments. */
export function isReference(type: ts.Type): type is ts.TypeReference {
  return ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
}
