import { heldShape, type Shape, type TupleElement, type TupleShape } from '../manifest/shape.js';
import { beside, type Comparison, type Plain, type Typed } from './typed.js';

type ListShape = Extract<Shape, { readonly kind: 'array' | 'tuple' }>;

/** Returns true when a value of `source` is an array or tuple as `target` requires. */
export function listAssignable(
  source: Typed<Plain>,
  target: Typed<ListShape>,
  comparison: Comparison,
): boolean {
  const [from, to] = [source.shape, target.shape];
  if (typeof from === 'string' || (from.kind !== 'array' && from.kind !== 'tuple')) return false;
  if (from.readonly && !to.readonly) return false;
  if (to.kind === 'array') {
    const elements = from.kind === 'array' ? [from.element] : from.elements.map(heldShape);
    const wanted = beside(target, to.element);
    return elements.every((element) => comparison.assignable(beside(source, element), wanted));
  }
  // An array may be of any length.
  return (
    from.kind === 'tuple' && tupleAssignable({ ...source, shape: from }, { ...target, shape: to }, comparison)
  );
}

function tupleAssignable(
  source: Typed<TupleShape>,
  target: Typed<TupleShape>,
  comparison: Comparison,
): boolean {
  const [from, to] = [source.shape.elements, target.shape.elements];
  if (!endsInRest(from) || !endsInRest(to)) return comparison.same(source, target);
  const [more, wanted] = [restOf(from), restOf(to)];
  const length = Math.max(fixed(from).length, fixed(to).length);
  for (let index = 0; index < length; index++) {
    const given = fixed(from)[index] ?? more;
    const want = fixed(to)[index] ?? wanted;
    const isNeeded = want !== undefined && !want.optional && !want.rest;
    if (!given) {
      if (isNeeded) return false;
      continue;
    }
    if (!want || (isNeeded && (given.optional || given.rest))) return false;
    if (!comparison.assignable(beside(source, heldShape(given)), beside(target, heldShape(want))))
      return false;
  }
  if (!more) return true;
  return (
    wanted !== undefined && comparison.assignable(beside(source, more.shape), beside(target, wanted.shape))
  );
}

/** Returns true when no elements follow the rest, if there is one. */
function endsInRest(elements: readonly TupleElement[]): boolean {
  return (
    elements.findIndex(({ rest }) => rest) === -1 ||
    elements.findIndex(({ rest }) => rest) === elements.length - 1
  );
}

function fixed(elements: readonly TupleElement[]): readonly TupleElement[] {
  return elements.filter(({ rest }) => !rest);
}

function restOf(elements: readonly TupleElement[]): TupleElement | undefined {
  return elements.find(({ rest }) => rest);
}
