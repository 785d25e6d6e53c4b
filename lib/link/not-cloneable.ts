import { LiveswapError, messageOf } from '../core/errors.js';
import { clone } from './clone.js';
import { nameOf } from './kinds.js';
import { entryStep, fieldStep, itemStep, keyStep, memberStep } from '../core/path-step.js';
import { textOf, type Path } from './path.js';

/** Each step is tested together with everything below it. */
const MOST_STEPS = 100;

interface Culprit {
  readonly path: string;
  /** Description of the value, as the end of a sentence. */
  readonly what: string;
}

/** Names a value that crosses in errors. */
export interface Root {
  readonly name: string;
  /** Name of the giver, if that is not the call itself. */
  readonly giver?: string | undefined;
}

/** Returns the error for a value at `at` that cannot cross because it is `what`. */
export function notCloneableAt(root: Root, at: Path, what: string, cause?: unknown): LiveswapError {
  const { text, isCut } = textOf(at);
  return refusal(
    root,
    { path: text, what: isCut ? 'something that cannot be cloned, somewhere inside' : what },
    cause,
  );
}

/**
 * Returns the error for a `value` that the platform refused to clone: `NOT_CLONEABLE` with the path of the first part that
 * cannot cross, such as `result.items[3].onDone`. Never throws, even if reading `value` does.
 */
export function notCloneable(root: Root, value: unknown, cause: unknown): LiveswapError {
  // A value that is nested deeper than the stack has no other culprit, and testing every level would take too long.
  const culprit = cause instanceof RangeError ? undefined : culpritIn(root.name, value);
  const what = `refused by the platform (${messageOf(cause)})`;
  return refusal(root, culprit ?? { path: root.name, what }, cause);
}

function refusal({ giver }: Root, { path, what }: Culprit, cause: unknown): LiveswapError {
  const message =
    giver === undefined
      ? `Cannot pass ${path} to another thread: it is ${what}`
      : `Cannot pass what ${giver} returned to another thread: ${path} is ${what}`;
  const remedy = 'pass plain data, or pass a call-back or an iterator as an argument of its own';
  return new LiveswapError('NOT_CLONEABLE', `${message}; ${remedy}.`, { path, cause });
}

/** Returns the error for a message that the other side's platform could not read, usually because it was nested too deep. */
export function unreadable(cause: unknown): LiveswapError {
  return new LiveswapError(
    'NOT_CLONEABLE',
    `Something that was sent to another thread could not be read there (${messageOf(cause)}), and nobody knows what: everything that was pending between the two is given up; pass data that is nested less deep.`,
    { cause },
  );
}

function culpritIn(root: string, value: unknown): Culprit | undefined {
  try {
    return findCulprit(root, value, new Set());
  } catch {
    // Nested deeper than the stack, or a proxy that throws.
    return undefined;
  }
}

function findCulprit(path: string, part: unknown, seen: Set<unknown>): Culprit | undefined {
  if (typeof part === 'function') return { path, what: 'a function' };
  if (typeof part === 'symbol') return { path, what: 'a symbol' };
  if (typeof part !== 'object' || part === null || seen.has(part) || clones(part)) return undefined;
  seen.add(part);
  if (seen.size > MOST_STEPS)
    return { path, what: `a ${nameOf(part)} that cannot be cloned, somewhere inside` };
  for (const { step, read } of partsOf(part)) {
    let inner: unknown;
    try {
      inner = read();
    } catch (error) {
      return { path: path + step, what: `a property that throws when it is read (${messageOf(error)})` };
    }
    const culprit = findCulprit(path + step, inner, seen);
    if (culprit) return culprit;
  }
  return { path, what: `a ${nameOf(part)} that cannot be cloned` };
}

interface Part {
  readonly step: string;
  readonly read: () => unknown;
}

function* partsOf(part: object): Iterable<Part> {
  if (part instanceof Map) {
    let index = 0;
    for (const [key, value] of part) {
      yield { step: keyStep(index++), read: () => key as unknown };
      yield { step: entryStep(key), read: () => value as unknown };
    }
  } else if (part instanceof Set) {
    let index = 0;
    for (const value of part) yield { step: memberStep(index++), read: () => value as unknown };
  } else if (Array.isArray(part)) {
    for (const index of part.keys()) yield { step: itemStep(index), read: () => part[index] as unknown };
  } else {
    for (const key of Object.keys(part))
      yield { step: fieldStep(key), read: () => (part as Record<string, unknown>)[key] };
  }
}

function clones(part: object): boolean {
  try {
    clone(part);
    return true;
  } catch {
    return false;
  }
}
