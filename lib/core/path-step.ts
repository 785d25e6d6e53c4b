// The steps of a path inside a value, as users read them everywhere: `result.items[3].done`, `jobs.get("forge").keys[0]`.
// A type has no positions: there, the steps to its items are `[]`, `.keys[]` and `.values[]`.

/** Returns the step to a property. */
export function fieldStep(name: string): string {
  return isName(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Returns the step to an item of a list. */
export function itemStep(index: number | string = ''): string {
  return `[${index}]`;
}

/** Returns the step to the value that a map has for a key. */
export function entryStep(key: unknown = {}): string {
  if (typeof key === 'string') return `.get(${JSON.stringify(key)})`;
  if ((typeof key === 'object' && key !== null) || typeof key === 'function') return '.get(…)';
  return `.get(${String(key)})`;
}

/** Returns the step to a key of a map. */
export function keyStep(index: number | '' = ''): string {
  return `.keys[${index}]`;
}

/** Returns the step to a member of a set. */
export function memberStep(index: number | '' = ''): string {
  return `.values[${index}]`;
}

/** Returns the text of a path from its steps; of a very deep one, the two ends. */
export function joinedSteps(steps: readonly string[]): string {
  if (steps.length <= MOST_STEPS) return steps.join('');
  return [...steps.slice(0, MOST_STEPS / 2), '…', ...steps.slice(-MOST_STEPS / 2)].join('');
}

const MOST_STEPS = 40;

function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}
