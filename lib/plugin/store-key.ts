/** Beginning of the keys of the data bag that belong to stores. */
export const STORES = 'liveswap:stores:';

/** Begins the keys of one plugin's stores: nobody else reaches them. */
export function storeKeysOf(plugin: string): string {
  return `${STORES}${plugin}:`;
}

/** Entry of a store in the data bag under one key. */
export interface StoreEntry {
  readonly value: unknown;
  /** Time when it becomes useless, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Entries that its store has at most: of more, those that were written longest ago go. */
  readonly maxEntries: number;
}
