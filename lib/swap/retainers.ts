/** Tracks holders of objects; an object without holders is released, once. */
export class Retainers<Held> {
  readonly #holders = new Map<Held, Set<object>>();
  readonly #letGo: (held: Held) => void;

  constructor(letGo: (held: Held) => void) {
    this.#letGo = letGo;
  }

  hold(held: Held, holder: object): void {
    const holders = this.#holders.get(held);
    if (holders) holders.add(holder);
    else this.#holders.set(held, new Set([holder]));
  }

  release(held: Held, holder: object): void {
    const holders = this.#holders.get(held);
    if (!holders?.delete(holder) || holders.size > 0) return;
    this.#holders.delete(held);
    this.#letGo(held);
  }

  /** Releases an object regardless of its holders. */
  drop(held: Held): void {
    if (this.#holders.delete(held)) this.#letGo(held);
  }

  holdersOf(held: Held): Iterable<object> {
    return this.#holders.get(held) ?? [];
  }
}
