/**
 * Returns the end of a message about an unknown name: `; did you mean reloadFailed?`, or the known names when none is similar.
 */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  return known.length === 0 ? '.' : `; known are ${known.join(', ')}.`;
}

/**
 * Returns the end of a message about an unknown name, with the names there are: `; did you mean polish? It has polish, rust.`
 *
 * @param have introduces the names, as `it has`.
 */
export function amongNames(name: string, known: readonly string[], have = 'there are'): string {
  const names = known.length === 0 ? 'none' : listOf(known);
  const near = nearest(name, known);
  if (near === undefined) return `; ${have} ${names}.`;
  return `; did you mean ${near}? ${have.charAt(0).toUpperCase()}${have.slice(1)} ${names}.`;
}

/** Maximum number of names in a message: nobody reads more. */
const MOST_NAMES = 20;

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** Returns the one of `known` that `name` was probably meant to be. Case, dashes and underscores do not count. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  // A third of the letters may be wrong.
  let least = Math.floor(wanted.length / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Returns the number of letters to add, drop or exchange to turn one word into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1];
    for (let column = 1; column <= to.length; column++) {
      const exchanged = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
