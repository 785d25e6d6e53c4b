import type { ts } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { NamedTypeFacts } from '../../manifest/manifest.js';

/** The printed types that refer to themselves: each has a name made of its shape, so that it is called the same wherever it is printed. */
export class RecursiveTypes {
  /** What stands for a type until its text is complete. */
  readonly #placeholders = new Map<ts.Type, string>();
  readonly #named = new Map<string, NamedTypeFacts>();

  get named(): NamedTypeFacts[] {
    return [...this.#named.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** What is printed of a type inside of itself. */
  refer(type: ts.Type): string {
    const name = (type.aliasSymbol ?? type.symbol)?.name ?? 'Type';
    const placeholder = `\u0000${/^\w+$/.test(name) && !name.startsWith('__') ? name : 'Type'}\u0000`;
    this.#placeholders.set(type, placeholder);
    return placeholder;
  }

  /**
   * What is printed of a type whose text is complete: its name if it refers to itself, else the text.
   *
   * @param use whether it is one of {@link named}, for others to look up.
   */
  complete(type: ts.Type, text: string, use: 'once' | 'for all'): string {
    const placeholder = this.#placeholders.get(type);
    if (placeholder === undefined) return text;
    const name = `${placeholder.slice(1, -1)}_${hashOf(text).slice(0, 8)}`;
    this.#placeholders.delete(type);
    for (const [key, named] of this.#named) {
      this.#named.set(key, { name: named.name, text: named.text.replaceAll(placeholder, name) });
    }
    if (use === 'for all') this.#named.set(name, { name, text: text.replaceAll(placeholder, name) });
    return name;
  }
}
