/** Formats how each plugin came into a generation as one line: `armory: unchanged, guardian: ok`. */
export function formatDetails(details: Readonly<Record<string, string>>): string {
  return Object.entries(details)
    .map(([plugin, note]) => `${plugin}: ${note}`)
    .join(', ');
}
