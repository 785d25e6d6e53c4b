import { contentOf } from './content-of.js';

/** Contents of objects, by the object. */
export type Contents = ReadonlyMap<unknown, readonly unknown[]>;

/**
 * Tells which of the noted objects have changed, or lead to one that has. It looks at each object once, so nothing else may run
 * meanwhile.
 */
export class ConstantChanges {
  readonly #noted: Contents;
  readonly #hasChanged = new Map<unknown, boolean>();

  constructor(noted: Contents) {
    this.#noted = noted;
  }

  /** Returns false for a value that was not noted. */
  hasChanged(value: object): boolean {
    if (!this.#noted.has(value)) return false;
    if (!this.#hasChanged.has(value)) this.#judge(value);
    return this.#hasChanged.get(value) === true;
  }

  /** Judges an object together with every object to which it leads. */
  #judge(value: object): void {
    // Both sets grow while they are iterated.
    const reached = new Set<unknown>([value]);
    const changed = new Set<unknown>();
    const holders = new Map<unknown, unknown[]>();
    for (const one of reached) {
      const before = this.#noted.get(one) ?? [];
      if (!isSame(before, contentOf(one as object))) changed.add(one);
      for (const inner of before) {
        if (!this.#noted.has(inner)) continue;
        const known = this.#hasChanged.get(inner);
        if (known) changed.add(one);
        if (known !== undefined) continue;
        reached.add(inner);
        const around = holders.get(inner);
        if (around) around.push(one);
        else holders.set(inner, [one]);
      }
    }
    for (const one of changed) for (const holder of holders.get(one) ?? []) changed.add(holder);
    for (const one of reached) this.#hasChanged.set(one, changed.has(one));
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}
