import type { FieldShape, ObjectShape, Shape, TupleElement, TupleShape } from '../manifest/shape.js';
import type { Path } from './path.js';

/** Shapes of containers. */
export type ContainerShape =
  | { readonly kind: 'array' | 'set'; readonly element: Shape }
  | { readonly kind: 'map'; readonly key: Shape; readonly value: Shape }
  | TupleShape
  | ObjectShape;

/** Returns `shape` if it is that of a container. */
export function containerShape(shape: Shape): ContainerShape | undefined {
  if (typeof shape === 'string') return undefined;
  if (shape.kind === 'array' || shape.kind === 'tuple' || shape.kind === 'object') return shape;
  if (shape.kind !== 'platform') return undefined;
  const [first = 'any', second = 'any'] = shape.args ?? [];
  switch (shape.name) {
    case 'Set':
    case 'ReadonlySet':
      return { kind: 'set', element: first };
    case 'Map':
    case 'ReadonlyMap':
      return { kind: 'map', key: first, value: second };
    default:
      return undefined;
  }
}

/**
 * Returns the part of `shape` for the child at `path` of `container`; `undefined` where it has none, or where the child is left
 * out.
 */
export function childShape(shape: ContainerShape, path: Path, container: object): Shape | undefined {
  switch (shape.kind) {
    case 'array':
    case 'set':
      return shape.element;
    case 'tuple': {
      const items = container as readonly unknown[];
      const index = Number(path.name);
      return held(elementAt(shape.elements, index, items.length), items[index]);
    }
    case 'map':
      return path.kind === 'key' ? shape.key : shape.value;
    case 'object': {
      const name = String(path.name);
      const field = shape.fields.find((one) => one.name === name);
      return field
        ? held(field, (container as Readonly<Record<string, unknown>>)[name])
        : shape.indexes?.[0]?.value;
    }
    default:
      return shape satisfies never;
  }
}

function held(part: FieldShape | TupleElement | undefined, value: unknown): Shape | undefined {
  return part?.optional && value === undefined ? undefined : part?.shape;
}

/** Returns the element of a tuple at an index. Elements after a rest element count from the end. */
function elementAt(
  elements: readonly TupleElement[],
  index: number,
  length: number,
): TupleElement | undefined {
  const rest = elements.findIndex((element) => element.rest);
  if (rest < 0 || index < rest) return elements[index];
  return elements[Math.max(rest, elements.length - (length - index))];
}
