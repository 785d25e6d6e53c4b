import { types } from 'node:util';

/**
 * Replaces the placeholders in `value` by their values, in place, and returns it. `placeholders` lists each placeholder once for
 * each place; `read` makes the value of each, once.
 */
export function restore<Placeholder extends object>(
  value: unknown,
  placeholders: readonly Placeholder[],
  read: (placeholder: Placeholder) => unknown,
): unknown {
  const values = new Map<unknown, unknown>();
  for (const placeholder of placeholders) {
    if (!values.has(placeholder)) values.set(placeholder, read(placeholder));
  }
  if (values.has(value)) return values.get(value);
  new Restoration(values, placeholders.length).restore(value);
  return value;
}

/** Looks for placeholders level by level, because most stand near the top, until it has found them all. */
class Restoration {
  readonly #values: ReadonlyMap<unknown, unknown>;
  readonly #seen = new Set<object>();
  #missing: number;
  #next: object[] = [];

  constructor(values: ReadonlyMap<unknown, unknown>, places: number) {
    this.#values = values;
    this.#missing = places;
  }

  restore(root: unknown): void {
    this.#note(root);
    for (let level = this.#next; level.length > 0 && this.#missing > 0; level = this.#next) {
      this.#next = [];
      for (const container of level) this.#restoreIn(container);
    }
  }

  #restoreIn(container: object): void {
    if (types.isMap(container)) return this.#restoreInMap(container);
    if (types.isSet(container)) return this.#restoreInSet(container);
    for (const [key, part] of Object.entries(container)) {
      const restored = this.#restored(part);
      if (restored !== part) define(container, key, restored);
    }
  }

  #restoreInMap(map: Map<unknown, unknown>): void {
    const entries = [...map].map(([key, part]) => [this.#restored(key), this.#restored(part)] as const);
    map.clear();
    for (const [key, part] of entries) map.set(key, part);
  }

  #restoreInSet(set: Set<unknown>): void {
    const parts = [...set].map((part) => this.#restored(part));
    set.clear();
    for (const part of parts) set.add(part);
  }

  #restored(part: unknown): unknown {
    if (this.#values.has(part)) {
      this.#missing--;
      return this.#values.get(part);
    }
    this.#note(part);
    return part;
  }

  #note(part: unknown): void {
    if (typeof part !== 'object' || part === null || this.#seen.has(part) || ArrayBuffer.isView(part)) return;
    this.#seen.add(part);
    this.#next.push(part);
  }
}

/** Defines a property. Assigning would set the prototype where the key is `__proto__`. */
function define(container: object, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}
