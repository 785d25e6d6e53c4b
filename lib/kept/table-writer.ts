import { ColumnWriter } from './column.js';
import type { Kind, Seal, Table } from './image.js';

/** Properties shared by the objects of one table. */
export interface TableKey {
  readonly kind: Kind;
  readonly class: string | undefined;
  readonly seal: Seal;
  readonly keys: readonly string[];
  readonly carried: number;
}

/** Fills a {@link Table}. */
export class TableWriter {
  readonly key: TableKey;
  readonly fields: readonly ColumnWriter[];
  readonly content = new ColumnWriter();
  readonly #ids: number[] = [];
  readonly #ends: number[] = [];

  constructor(key: TableKey) {
    this.key = key;
    this.fields = key.keys.map(() => new ColumnWriter());
  }

  /** Records that the object `id` is written; called after its content. */
  end(id: number): void {
    this.#ids.push(id);
    this.#ends.push(this.content.length);
  }

  finish(): Table {
    return {
      ...this.key,
      ids: Uint32Array.from(this.#ids),
      fields: this.fields.map((field) => field.finish()),
      content: this.content.finish(),
      ends: Uint32Array.from(this.#ends),
    };
  }
}

/** Finds the table of an object; similar objects usually follow each other. */
export class TableWriters {
  readonly #byKey = new Map<string, TableWriter>();
  readonly #latest = new Map<string, TableWriter>();

  get(key: TableKey): TableWriter {
    const group = `${key.kind} ${key.class ?? ''}`;
    const latest = this.#latest.get(group);
    if (latest && isSame(latest.key, key)) return latest;
    const name = JSON.stringify([group, key.seal, key.carried, key.keys]);
    let found = this.#byKey.get(name);
    if (!found) this.#byKey.set(name, (found = new TableWriter(key)));
    this.#latest.set(group, found);
    return found;
  }

  finish(): Table[] {
    return Array.from(this.#byKey.values(), (writer) => writer.finish());
  }
}

function isSame(one: TableKey, other: TableKey): boolean {
  if (one.seal !== other.seal || one.carried !== other.carried) return false;
  if (one.keys.length !== other.keys.length) return false;
  for (let index = 0; index < one.keys.length; index++) {
    if (one.keys[index] !== other.keys[index]) return false;
  }
  return true;
}
