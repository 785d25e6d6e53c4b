/** Returns the key that identifies a plugin: names are compared case-insensitively. */
export function keyOf(plugin: string): string {
  return plugin.toLowerCase();
}
