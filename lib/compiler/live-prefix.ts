/** Returns whether a name begins like that of a live symbol, compared case-insensitively. */
export function hasLivePrefix(name: string, livePrefix: string): boolean {
  return name.toLowerCase().startsWith(livePrefix.toLowerCase());
}
