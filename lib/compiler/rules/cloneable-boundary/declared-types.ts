import { hasLivePrefix } from '../../live-prefix.js';
import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { isOfPlatform } from '../analysis/origin.js';
import { platformKind } from './platform-kinds.js';

/** Knows where a type is declared (the language, Node, liveswap or the plugin), and what follows for its instances. */
export class DeclaredTypes {
  readonly #analysis: Analysis;
  readonly #livePrefix: string;

  constructor(analysis: Analysis, livePrefix: string) {
    this.#analysis = analysis;
    this.#livePrefix = livePrefix;
  }

  /** Returns the name of a type of the language or Node, without its module: `Date`, `NodeJS.Timeout`. */
  platformName(symbol: ts.Symbol): string | undefined {
    // `Readonly<…>` and the like are declared by the language as well, but stand for their argument.
    const named = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
    if (!named || !symbol.declarations?.some((node) => isOfPlatform(this.#analysis, node))) return undefined;
    return this.#analysis.checker.getFullyQualifiedName(symbol).replace(/^(?:"[^"]*"|global)\./, '');
  }

  /** Returns the platform type that a declared type extends, if that type crosses unchanged: `Error`, `Map`, an array. */
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

  /**
   * Returns the live type of a type, if any, and whether it belongs to the plugin. `owner` is the class around one of its
   * methods.
   */
  liveName(
    type: ts.Type,
    owner: ts.Node | undefined,
  ): { readonly name: string; readonly isOwn: boolean } | undefined {
    // `Readonly<Live_Fire>` is as live as `Live_Fire`.
    const types = [type, ...(type.aliasTypeArguments ?? [])];
    const classes = [
      ...types.flatMap((part) => part.getSymbol()?.declarations ?? []),
      ...(owner ? [owner] : []),
    ];
    const live = classes.find((node) => this.#isLiveClass(node));
    return live && { name: classNameOf(live), isOwn: this.#analysis.references.isOwn(live) };
  }

  /** Returns whether instances are errors, which regain the methods of errors on the other side. */
  isError(type: ts.Type): boolean {
    const base = this.crossingBase(type);
    return base !== undefined && base.getProperty('message') !== undefined;
  }

  #isLiveClass(node: ts.Node): boolean {
    return hasLivePrefix(classNameOf(node), this.#livePrefix);
  }
}

/** Returns the name of a class, its own or that of its variable; empty for a node that is no class. */
function classNameOf(node: ts.Node): string {
  if (!ts.isClassLike(node)) return '';
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named && ts.isIdentifier(named) ? named.text : '';
}

/** Returns whether a type has type arguments. */
export function isReference(type: ts.Type): type is ts.TypeReference {
  return ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
}
