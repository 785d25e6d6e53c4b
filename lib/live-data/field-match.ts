import { kindOf } from './kind.js';
import type { LiveClasses } from './live-classes.js';
import { mismatchOf, type Mismatch } from './match.js';
import type { Path } from './path.js';
import type { LiveFieldFacts } from '../manifest/manifest.js';
import type { Shape } from '../manifest/shape.js';

/**
 * Returns why `value` cannot fill a field of the newest class, or `undefined` if it can. It checks the field's type, as far as
 * that is known, and `standard`, the default of the class.
 */
export function fieldMismatch(
  value: unknown,
  field: LiveFieldFacts | undefined,
  standard: unknown,
  path: Path,
  classes: LiveClasses,
): Mismatch | undefined {
  // A required field that the class itself leaves undefined is set later.
  if (value === undefined && (!field || field.optional || standard === undefined)) return undefined;
  if (!field) return standardMismatch(value, standard, path, classes);
  const { shape } = field;
  return mismatchOf(value, shape, path, classes) ?? interfaceMismatch(value, shape, standard, path, classes);
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

/** Checks a value against an interface: an unknown type of the platform is at least an object if the default is one. */
function interfaceMismatch(
  value: unknown,
  shape: Shape,
  standard: unknown,
  path: Path,
  classes: LiveClasses,
): Mismatch | undefined {
  const resolved = classes.resolve(shape);
  const isInterface =
    typeof resolved === 'object' &&
    resolved.kind === 'platform' &&
    typeof standard === 'object' &&
    standard !== null;
  const isObject = typeof value === 'object' || value === undefined;
  return isInterface && !isObject ? { path, expected: classes.textOf(shape), got: kindOf(value) } : undefined;
}
