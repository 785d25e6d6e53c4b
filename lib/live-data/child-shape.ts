import type { Path } from './path.js';
import type { Shape, TupleElement } from './shape.js';

/** The shapes of what holds other values. */
export type ContainerShape = Extract<Shape, { kind: 'array' | 'tuple' | 'set' | 'map' | 'object' }>;

/** What `shape` says of the child at `path` of `container`; `undefined` where it says nothing. */
export function childShape(shape: ContainerShape, path: Path, container: object): Shape | undefined {
  switch (shape.kind) {
    case 'array':
    case 'set':
      return shape.element;
    case 'tuple':
      return elementAt(shape.elements, Number(path.name), (container as unknown[]).length)?.shape;
    case 'map':
      return path.kind === 'key' ? shape.key : shape.value;
    case 'object':
      return shape.fields.get(String(path.name)) ?? shape.rest;
    default:
      return shape satisfies never;
  }
}

/** Elements after a rest count from the end. */
function elementAt(
  elements: readonly TupleElement[],
  index: number,
  length: number,
): TupleElement | undefined {
  const rest = elements.findIndex((element) => element.rest);
  if (rest < 0 || index < rest) return elements[index];
  const fromEnd = length - index;
  return fromEnd < elements.length - rest ? elements[elements.length - fromEnd] : elements[rest];
}
