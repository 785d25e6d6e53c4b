/** Beginning of the keys of the data bag that belong to stores. */
export const STORES = 'liveswap:stores:';

/** Returns the beginning of the keys of one plugin's stores, which no other plugin can reach. */
export function storeKeysOf(plugin: string): string {
  return `${STORES}${plugin}:`;
}

/** Entry of a store in the data bag under one key. */
export interface StoreEntry {
  readonly value: unknown;
  /** Time when the entry expires, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Maximum number of entries in its store; beyond it, the oldest entries are removed. */
  readonly maxEntries: number;
}
