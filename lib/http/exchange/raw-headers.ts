/** Returns the pairs of names and values in raw headers, which the platform lists alternately. */
export function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[at * 2] as string,
    raw[at * 2 + 1] as string,
  ]);
}
