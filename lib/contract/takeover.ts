import type { Manifest } from '../manifest/manifest.js';
import { breaksBetween, type SymbolBreak, type SymbolKind } from './breaks.js';

/** Decides which calls made for one release another one can take: those of names that do not break between the two. */
export class Takeover {
  readonly #before: readonly Manifest[];
  readonly #after: readonly Manifest[];
  #breaks: readonly SymbolBreak[] | undefined;

  constructor(before: readonly Manifest[], after: readonly Manifest[]) {
    this.#before = before;
    this.#after = after;
  }

  takes(what: SymbolKind, symbol: string): boolean {
    return !this.breaks.some((one) => one.what === what && one.symbol === symbol);
  }

  /** Breaks, computed on first access because most changes leave no calls waiting. */
  get breaks(): readonly SymbolBreak[] {
    this.#breaks ??= breaksBetween(this.#before, this.#after);
    return this.#breaks;
  }
}
