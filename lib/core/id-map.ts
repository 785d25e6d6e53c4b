/** The smallest table has 2^4 slots. */
const FEWEST_BITS = 4;
/** A table of up to 2^10 slots stays as it is when it becomes empty: calls come and go in bursts. */
const STAYING_BITS = 10;
/** Spreads ids that follow each other over a table: 2^32 divided by the golden ratio (Fibonacci hashing). */
const SPREAD = 0x9e3779b1;

/**
 * Values by ids, for entries that come and go with every call. A `Map` takes a new table whenever removed entries have filled the
 * one that it has, and each table refers to its successor. One that has become old then keeps alive all tables that came after
 * it, with everything they held, although nobody uses them: collections of young objects took a third of the host's time. Here
 * the table is changed in place, and refers to nothing that was removed.
 */
export class IdMap<Value extends object> {
  #bits = 0;
  /** The ids and values of the slots. An entry whose own slot is taken is in one of the next. */
  #ids: number[] = [];
  #values: (Value | undefined)[] = [];
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  get(id: number): Value | undefined {
    return this.#size === 0 ? undefined : this.#values[this.#slotOf(id)];
  }

  set(id: number, value: Value): void {
    if ((this.#size + 1) * 2 > this.#values.length) this.#resize(Math.max(this.#bits + 1, FEWEST_BITS));
    const slot = this.#slotOf(id);
    if (this.#values[slot] === undefined) this.#size++;
    this.#ids[slot] = id;
    this.#values[slot] = value;
  }

  /** Removes an entry and returns its value. */
  take(id: number): Value | undefined {
    if (this.#size === 0) return undefined;
    const slot = this.#slotOf(id);
    const value = this.#values[slot];
    if (value === undefined) return undefined;
    this.#vacate(slot);
    this.#size--;
    if (this.#bits > STAYING_BITS && this.#size * 8 < this.#values.length) this.#resize(this.#bits - 1);
    return value;
  }

  clear(): void {
    this.#bits = 0;
    this.#ids = [];
    this.#values = [];
    this.#size = 0;
  }

  /** Returns whether `isMeant` holds for a value; unlike {@link values}, it sorts nothing. */
  some(isMeant: (value: Value) => boolean): boolean {
    return this.#values.some((value) => value !== undefined && isMeant(value));
  }

  /** Returns the entries there are now, in the order of their ids. */
  entries(): [id: number, value: Value][] {
    const entries: [number, Value][] = [];
    for (const [slot, value] of this.#values.entries())
      if (value !== undefined) entries.push([this.#ids[slot]!, value]);
    return entries.sort(([one], [other]) => one - other);
  }

  /** Returns the values there are now, in the order of their ids. */
  values(): Value[] {
    return this.entries().map(([, value]) => value);
  }

  /** Returns the slot of an id, or the one that it would take. */
  #slotOf(id: number): number {
    const last = this.#values.length - 1;
    let slot = this.#home(id);
    while (this.#values[slot] !== undefined && this.#ids[slot] !== id) slot = (slot + 1) & last;
    return slot;
  }

  #home(id: number): number {
    return Math.imul(id, SPREAD) >>> (32 - this.#bits);
  }

  /** Empties a slot. Entries that only stand behind it because it was taken move up, so that they are still found. */
  #vacate(slot: number): void {
    const last = this.#values.length - 1;
    let free = slot;
    for (let at = (free + 1) & last; this.#values[at] !== undefined; at = (at + 1) & last) {
      const steps = (at - this.#home(this.#ids[at]!)) & last;
      if (steps < ((at - free) & last)) continue;
      this.#ids[free] = this.#ids[at]!;
      this.#values[free] = this.#values[at];
      free = at;
    }
    this.#values[free] = undefined;
  }

  #resize(bits: number): void {
    const [ids, values] = [this.#ids, this.#values];
    this.#bits = bits;
    this.#ids = Array.from({ length: 2 ** bits }, () => 0);
    this.#values = Array.from({ length: 2 ** bits }, () => undefined);
    for (let from = 0; from < values.length; from++) {
      if (values[from] === undefined) continue;
      const slot = this.#slotOf(ids[from]!);
      this.#ids[slot] = ids[from]!;
      this.#values[slot] = values[from];
    }
  }
}
