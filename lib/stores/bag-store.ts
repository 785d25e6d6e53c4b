import { checkOptions, isLimit, type Checks } from '../core/check-options.js';
import { boundHost } from '../plugin/host-binding.js';
import { storeKeysOf, type StoreEntry } from '../plugin/store-key.js';
import type { DataBag } from '../plugin/vault.js';

/** Options of a store. */
export interface StoreOptions {
  /**
   * Name of the store, unique in the app: versions with a store of the same name share the contents. Default: its kind and its
   * number.
   */
  readonly name?: string;
  /** Maximum number of entries; beyond it, the oldest entries are removed. Default 100 000. */
  readonly maxEntries?: number;
}

/** A value, and the time when it expires, in milliseconds since 1970. */
export interface Expiring<Value> {
  readonly value: Value;
  readonly expiresAt: number;
}

const MAX_ENTRIES = 100_000;

const checks: Checks<StoreOptions> = {
  name: ['a text that is not empty', (value) => typeof value === 'string' && value !== ''],
  maxEntries: ['a whole number, 1 or more, or Infinity', isLimit],
};

const counts = new Map<string, number>();

/** Values that expire, kept in the data bag: they survive releases, and all threads of the app share them. */
export class BagStore<Value> {
  readonly name: string;
  readonly #keyName: string;
  readonly #maxEntries: number;

  /** @throws LiveswapError `OPTION_INVALID` */
  constructor(kind: string, options: StoreOptions = {}) {
    checkOptions(options, checks);
    const { name, maxEntries = MAX_ENTRIES } = options;
    this.name = name ?? nameOfNext(kind);
    // A colon ends the name in a key.
    this.#keyName = this.name.replaceAll(/[%:]/g, encodeURIComponent);
    this.#maxEntries = maxEntries;
  }

  async get(id: string): Promise<Expiring<Value> | undefined> {
    return alive<Value>((await this.#bag.get(this.#keyOf(id))) as StoreEntry | undefined);
  }

  async set(id: string, value: Expiring<Value>): Promise<void> {
    await this.#bag.set(this.#keyOf(id), this.#entryOf(value));
  }

  async delete(id: string): Promise<void> {
    await this.#bag.delete(this.#keyOf(id));
  }

  /** Resolves to the written value; `change` may run several times, and deletes the entry by returning `undefined`. */
  async update(
    id: string,
    change: (current: Expiring<Value> | undefined) => Expiring<Value> | undefined,
  ): Promise<Expiring<Value> | undefined> {
    const written = await this.#bag.update<StoreEntry>(this.#keyOf(id), (current) => {
      const next = change(alive<Value>(current));
      return next && this.#entryOf(next);
    });
    return alive<Value>(written);
  }

  get #bag(): DataBag {
    return boundHost().vault.dataBag;
  }

  #keyOf(id: string): string {
    return `${storeKeysOf(boundHost().plugin)}${this.#keyName}:${id}`;
  }

  #entryOf({ value, expiresAt }: Expiring<Value>): StoreEntry {
    return { value, expiresAt, maxEntries: this.#maxEntries };
  }
}

function alive<Value>(entry: StoreEntry | undefined): Expiring<Value> | undefined {
  return entry && entry.expiresAt > Date.now() ? (entry as unknown as Expiring<Value>) : undefined;
}

function nameOfNext(kind: string): string {
  const nth = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, nth);
  return nth === 1 ? kind : `${kind}-${nth}`;
}
