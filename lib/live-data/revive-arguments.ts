import type { TakenTypes } from '../manifest/manifest.js';
import type { LiveClasses } from './live-classes.js';
import type { Path } from './path.js';
import { promote } from './revive.js';
import type { Shape, TupleElement } from './shape.js';
import { shapeOf } from './type-parser.js';

/** Makes instances of the newest classes of what `takes` says is of live types, in the arguments of a call, in place. */
export function argumentReviver(takes: TakenTypes, classes: LiveClasses): (args: unknown[]) => unknown[] {
  const shape: Shape = { kind: 'tuple', elements: takes.map(parameterOf), text: `[${takes.join(', ')}]` };
  return (args) => promote(args, shape, ROOT, classes) as unknown[];
}

const ROOT: Path = { parent: undefined, kind: 'field', name: 'arguments' };

function parameterOf(text: string): TupleElement {
  const rest = text.startsWith('...');
  const shape = shapeOf(rest ? text.slice(3) : text);
  return { shape: rest && shape.kind === 'array' ? shape.element : shape, optional: true, rest };
}
