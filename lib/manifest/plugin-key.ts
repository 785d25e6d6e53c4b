/** What plugins are told apart by: their names are compared without case. */
export function keyOf(plugin: string): string {
  return plugin.toLowerCase();
}
