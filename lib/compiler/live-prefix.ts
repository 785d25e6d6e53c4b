/** Returns whether a name is that of a live symbol, by how it begins; that is compared case-insensitively. */
export function hasLivePrefix(name: string, livePrefix: string): boolean {
  return name.toLowerCase().startsWith(livePrefix.toLowerCase());
}
