import type { ParameterShape, Shape, TupleElement } from '../manifest/shape.js';
import type { LiveClasses } from './live-classes.js';
import type { Path } from './path.js';
import { promote } from './revive.js';

/**
 * Revives the arguments of a call in place: values that `parameters` declares as live types become instances of the newest
 * classes.
 */
export function argumentReviver(
  parameters: readonly ParameterShape[],
  classes: LiveClasses,
): (args: unknown[]) => unknown[] {
  const shape: Shape = {
    kind: 'tuple',
    elements: parameters.map((parameter) => elementOf(parameter, classes)),
  };
  return (args) => promote(args, shape, ROOT, classes) as unknown[];
}

const ROOT: Path = { parent: undefined, kind: 'field', name: 'arguments' };

function elementOf({ shape, rest }: ParameterShape, classes: LiveClasses): TupleElement {
  if (!rest) return { shape, optional: true };
  const taken = classes.resolve(shape);
  const isArray = typeof taken === 'object' && taken.kind === 'array';
  return { shape: isArray ? taken.element : shape, optional: true, rest: true };
}
