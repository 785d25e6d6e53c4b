import { LiveswapError } from '../core/errors.js';

interface Culprit {
  readonly path: string;
  readonly part: unknown;
}

/**
 * What to reject with when the platform refused to clone `value`: `NOT_CLONEABLE` with the path of the first part that
 * cannot cross, such as `result.items[3].onDone`.
 */
export function notCloneable(root: string, value: unknown, cause: unknown): LiveswapError {
  const { path, part } = findCulprit(root, value, new Set()) ?? { path: root, part: value };
  return new LiveswapError(
    'NOT_CLONEABLE',
    `Cannot pass ${path} to another thread: it is ${describe(part)}; pass plain data, or pass a call-back, stream or signal as an argument of its own.`,
    { path, cause },
  );
}

function findCulprit(path: string, part: unknown, seen: Set<unknown>): Culprit | undefined {
  if (typeof part === 'function' || typeof part === 'symbol') return { path, part };
  if (typeof part !== 'object' || part === null || seen.has(part) || clones(part)) return undefined;
  seen.add(part);
  for (const [step, inner] of partsOf(part)) {
    const culprit = findCulprit(path + step, inner, seen);
    if (culprit) return culprit;
  }
  return { path, part };
}

function* partsOf(part: object): Iterable<[step: string, inner: unknown]> {
  if (part instanceof Map) {
    for (const [key, value] of part) {
      yield ['.key()', key];
      yield [`.get(${typeof key === 'string' ? JSON.stringify(key) : String(key)})`, value];
    }
  } else if (part instanceof Set) {
    for (const value of part) yield ['.values()', value];
  } else if (Array.isArray(part)) {
    for (const [index, value] of part.entries()) yield [`[${index}]`, value];
  } else {
    for (const key of Object.keys(part)) yield [stepTo(key), (part as Record<string, unknown>)[key]];
  }
}

function stepTo(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function clones(part: object): boolean {
  try {
    structuredClone(part);
    return true;
  } catch {
    return false;
  }
}

function describe(part: unknown): string {
  if (typeof part === 'function') return 'a function';
  if (typeof part === 'symbol') return 'a symbol';
  const name = typeof part === 'object' && part !== null ? part.constructor?.name : undefined;
  return name ? `a ${name}` : `of type ${typeof part}`;
}
