/** Returns the names and values of raw headers, which the platform lists in turn. */
export function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[at * 2] as string,
    raw[at * 2 + 1] as string,
  ]);
}
