import {
  heldShape,
  optionalShape,
  type FieldShape,
  type IndexShape,
  type ObjectShape,
  type Shape,
} from '../manifest/shape.js';
import { fieldOf } from './lookups.js';
import { beside, type Comparison, type Plain, type Typed } from './typed.js';

/** Returns true when a value of `source` has the fields that `target` requires. */
export function objectAssignable(
  source: Typed<Plain>,
  target: Typed<ObjectShape>,
  comparison: Comparison,
): boolean {
  const { fields, indexes = [] } = target.shape;
  const from = source.shape;
  if (fields.length === 0 && indexes.length === 0) return !isNothing(from);
  if (typeof from === 'string' || from.kind !== 'object') return false;
  const given: Typed<ObjectShape> = { ...source, shape: from };
  return (
    !isUnrelated(from, target.shape) &&
    fields.every((field) => fieldAssignable(given, field, target, comparison)) &&
    indexes.every((index) => indexAssignable(given, index, target, comparison))
  );
}

function isNothing(shape: Plain): boolean {
  return shape === 'null' || shape === 'undefined' || shape === 'void';
}

/** Returns true when `source` has none of the fields of a type with only optional fields: the checker requires at least one. */
function isUnrelated(source: ObjectShape, target: ObjectShape): boolean {
  return isWeak(target) && source.fields.length > 0 && !sharesField(source, target);
}

/** Returns true for a type that has fields, all of them optional. */
export function isWeak({ fields, indexes }: ObjectShape): boolean {
  return !indexes && fields.length > 0 && fields.every(({ optional }) => optional);
}

export function sharesField(source: ObjectShape, target: ObjectShape): boolean {
  const names = new Set(target.fields.map(({ name }) => name));
  return source.fields.some(({ name }) => names.has(name));
}

function fieldAssignable(
  source: Typed<ObjectShape>,
  wanted: FieldShape,
  target: Typed,
  comparison: Comparison,
): boolean {
  const { indexes = [] } = source.shape;
  const given = fieldOf(source.shape, wanted.name);
  if (!given) {
    if (wanted.hidden) return false;
    const others = indexes.filter(({ key }) => key === 'string');
    const value = beside(target, optionalShape(wanted.shape));
    return (
      wanted.optional === true &&
      others.every((other) => comparison.assignable(beside(source, other.value), value))
    );
  }
  if (given.optional && !wanted.optional) return false;
  if (given.hidden !== wanted.hidden || given.origin !== wanted.origin) return false;
  return comparison.assignable(beside(source, heldShape(given)), beside(target, heldShape(wanted)));
}

function indexAssignable(
  source: Typed<ObjectShape>,
  wanted: IndexShape,
  target: Typed,
  comparison: Comparison,
): boolean {
  const { fields, indexes = [], declared } = source.shape;
  const value = beside(target, wanted.value);
  const fits = (shape: Shape): boolean => comparison.assignable(beside(source, shape), value);
  if (!indexes.every(({ value: held }) => fits(held))) return false;
  const isCovered = indexes.some(
    ({ key }) => key === 'string' || comparison.same(beside(source, key), beside(target, wanted.key)),
  );
  // An interface or a class could be extended with more fields elsewhere.
  return (isCovered || !declared) && fields.every((field) => fits(heldShape(field)));
}
