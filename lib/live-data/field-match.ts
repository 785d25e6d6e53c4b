import { kindOf } from './kind.js';
import type { LiveClasses } from './live-classes.js';
import { mismatchOf, type Mismatch } from './match.js';
import type { Path } from './path.js';
import type { Shape } from './shape.js';

/**
 * Why `value` cannot fill a field of the newest class, if it cannot: by the field's type, as far as that is known,
 * and by `standard`, what the class itself puts there.
 */
export function fieldMismatch(
  value: unknown,
  shape: Shape | undefined,
  standard: unknown,
  path: Path,
  classes: LiveClasses,
): Mismatch | undefined {
  // A required field that the class itself leaves undefined is one that is set later.
  if (value === undefined && (!shape || standard === undefined)) return undefined;
  if (!shape) return standardMismatch(value, standard, path, classes);
  return mismatchOf(value, shape, path, classes) ?? interfaceMismatch(value, shape, standard, path);
}

function standardMismatch(
  value: unknown,
  standard: unknown,
  path: Path,
  classes: LiveClasses,
): Mismatch | undefined {
  if (value === null || standard === null || standard === undefined) return undefined;
  const [expected, got] = [kindOf(standard), kindOf(value)];
  const becomesLive =
    got === 'object' && typeof standard === 'object' && classes.nameOf(standard) !== undefined;
  return expected === got || becomesLive ? undefined : { path, expected, got };
}

/** A name that nobody knows can be an interface or a union of strings: the default decides which. */
function interfaceMismatch(
  value: unknown,
  shape: Shape,
  standard: unknown,
  path: Path,
): Mismatch | undefined {
  const isInterface = shape.kind === 'named' && typeof standard === 'object' && standard !== null;
  const isObject = typeof value === 'object' || value === undefined;
  return isInterface && !isObject ? { path, expected: shape.text, got: kindOf(value) } : undefined;
}
