import { ts } from 'ts-morph';
import { hasLivePrefix } from '../live-prefix.js';

/** The live types that are known by name. */
export interface KnownLiveTypes {
  /** The plugin's own live types, by the symbols of their instances. */
  readonly own: ReadonlyMap<ts.Symbol, string>;
  /** Prefix of live names, by which live types of other plugins are recognised. */
  readonly prefix: string;
}

/** Recognises live types and knows their names. */
export class LiveTypeNames {
  readonly #known: KnownLiveTypes;

  constructor(known: KnownLiveTypes) {
    this.#known = known;
  }

  isLive(type: ts.Type): boolean {
    const { symbol } = type;
    if (!symbol || type.getConstructSignatures().length > 0) return false;
    if (this.#known.own.has(symbol)) return true;
    return (symbol.flags & ts.SymbolFlags.Class) !== 0 && hasLivePrefix(symbol.name, this.#known.prefix);
  }

  /** Returns the name of a live type; `undefined` for any other. */
  nameOf(type: ts.Type): string | undefined {
    return this.isLive(type) ? (this.#known.own.get(type.symbol) ?? type.symbol.name) : undefined;
  }

  /** Returns the live type in `Readonly<Live_Fire>`, `Partial<Live_Fire>` or `Required<Live_Fire>`, and the variant's name. */
  variantOf({ aliasSymbol, aliasTypeArguments = [] }: ts.Type): LiveVariant | undefined {
    const [live] = aliasTypeArguments;
    const name = aliasSymbol?.name ?? '';
    return live && /^(?:Readonly|Partial|Required)$/.test(name) && this.isLive(live)
      ? { name, live }
      : undefined;
  }
}

/** A live type with all of its fields read-only, optional or required. */
export interface LiveVariant {
  readonly name: string;
  readonly live: ts.Type;
}
