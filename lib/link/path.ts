/** Place of a part in a value that crosses: a chain, which only becomes text for an error. */
export interface Path {
  readonly parent: Path | undefined;
  readonly step: string;
}

/** Longer paths are cut. */
const MOST_STEPS = 100;

/** Returns the path as written in code: `result.items[3].onDone`. */
export function textOf(path: Path): { readonly text: string; readonly isCut: boolean } {
  const steps: string[] = [];
  for (let at: Path | undefined = path; at; at = at.parent) steps.push(at.step);
  const [root = '', ...below] = steps.toReversed();
  return { text: root + below.slice(0, MOST_STEPS).join(''), isCut: below.length > MOST_STEPS };
}
