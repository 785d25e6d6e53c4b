import { STORES, type StoreEntry } from '../plugin/store-key.js';

/** Knows the entries of stores in the data bag, in the order in which they were written, and which of them may go. */
export class StoreEntries {
  /** Expiry of each key, by the store that it belongs to. */
  readonly #stores = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#stores.size === 0;
  }

  /** Notes that a key of a store has been written or deleted. Returns the keys that are too many now. */
  note(key: string, entry: StoreEntry | undefined): string[] {
    const name = storeOf(key);
    const store = this.#stores.get(name) ?? new Map<string, number>();
    // The entry that was written last is the last one to go.
    store.delete(key);
    if (entry) store.set(key, entry.expiresAt);
    if (store.size === 0) this.#stores.delete(name);
    else this.#stores.set(name, store);
    const surplus: string[] = [];
    const most = entry?.maxEntries ?? Infinity;
    for (const oldest of store.keys()) {
      if (store.size - surplus.length <= most) break;
      surplus.push(oldest);
    }
    return surplus;
  }

  /** Returns the keys that have expired. */
  expired(now: number): string[] {
    return [...this.#stores.values()].flatMap((store) =>
      [...store].filter(([, expiresAt]) => expiresAt <= now).map(([key]) => key),
    );
  }
}

export function isStoreKey(key: string): boolean {
  return key.startsWith(STORES);
}

/** Returns the plugin and the store of a key: `liveswap:stores:<plugin>:<store>:<id>`. */
function storeOf(key: string): string {
  return key.slice(STORES.length).split(':', 2).join(':');
}
