import type { FieldShape, LiteralShape, ObjectShape, Shape, ShapeTable } from '../manifest/shape.js';
import { beside, resolved, type Plain, type Typed } from './typed.js';

type UnionShape = Extract<Shape, { readonly kind: 'union' }>;

/** The members of a union. An enum may have thousands, and each of another one is looked for among them. */
interface Members {
  readonly literals: ReadonlySet<string>;
  readonly others: readonly Shape[];
}

/** The members of a union that are not literals, by the value of a field that most of them have each another one in. */
interface Marked {
  readonly field: string;
  readonly byValue: ReadonlyMap<string, readonly Shape[]>;
  /** Members in which the field may have any value, or that are no objects. */
  readonly others: readonly Shape[];
}

const unions = new WeakMap<UnionShape, Members>();
const marks = new WeakMap<ShapeTable, WeakMap<UnionShape, Marked>>();
const objects = new WeakMap<ObjectShape, ReadonlyMap<string, FieldShape>>();

/**
 * Returns the members of a union that may take `source`: of literals, only the same one; of objects that differ in the value of a
 * field, as messages do in their `kind`, those with the value of `source`.
 */
export function membersFor(source: Typed<Plain>, target: Typed<UnionShape>): readonly Shape[] {
  const { shape } = source;
  if (typeof shape === 'object' && shape.kind === 'intersection') return target.shape.members;
  const { literals, others } = membersOf(target.shape);
  if (isLiteral(shape) && literals.has(keyOf(shape))) return [shape];
  if (!isObject(shape) || others.length < 2) return others;
  const marked = markedOf(target, others);
  const value = valueOf(fieldOf(shape, marked.field));
  return value === undefined ? others : [...(marked.byValue.get(value) ?? []), ...marked.others];
}

/** Returns the field of this name. */
export function fieldOf(shape: ObjectShape, name: string): FieldShape | undefined {
  let fields = objects.get(shape);
  if (!fields) {
    // Of two fields of one name, the first counts.
    fields = new Map(shape.fields.toReversed().map((field) => [field.name, field]));
    objects.set(shape, fields);
  }
  return fields.get(name);
}

function membersOf(union: UnionShape): Members {
  const known = unions.get(union);
  if (known) return known;
  const members = {
    literals: new Set(union.members.filter(isLiteral).map(keyOf)),
    others: union.members.filter((member) => !isLiteral(member)),
  };
  unions.set(union, members);
  return members;
}

function markedOf(target: Typed<UnionShape>, members: readonly Shape[]): Marked {
  const known = marks.get(target.types) ?? new WeakMap<UnionShape, Marked>();
  marks.set(target.types, known);
  const marked = known.get(target.shape) ?? markedBy(telling(target, members), target, members);
  known.set(target.shape, marked);
  return marked;
}

/** Returns the name of the field that has the most different values; an empty one, if no member says what is in its fields. */
function telling(target: Typed, members: readonly Shape[]): string {
  const values = new Map<string, Set<string>>();
  for (const member of members) {
    const { shape } = resolved(beside(target, member));
    for (const field of isObject(shape) ? shape.fields : []) {
      const value = valueOf(field);
      if (value !== undefined) values.set(field.name, (values.get(field.name) ?? new Set()).add(value));
    }
  }
  const [most] = [...values].sort(([, left], [, right]) => right.size - left.size);
  return most?.[0] ?? '';
}

function markedBy(field: string, target: Typed, members: readonly Shape[]): Marked {
  const byValue = new Map<string, Shape[]>();
  const others: Shape[] = [];
  for (const member of members) {
    const { shape } = resolved(beside(target, member));
    const value = isObject(shape) ? valueOf(fieldOf(shape, field)) : undefined;
    if (value === undefined) others.push(member);
    else if (!byValue.get(value)?.push(member)) byValue.set(value, [member]);
  }
  return { field, byValue, others };
}

/** Returns what is always in a field, if that is one value. */
function valueOf(field: FieldShape | undefined): string | undefined {
  return field && !field.optional && isLiteral(field.shape) ? keyOf(field.shape) : undefined;
}

function isObject(shape: Shape): shape is ObjectShape {
  return typeof shape === 'object' && shape.kind === 'object';
}

function isLiteral(shape: Shape): shape is LiteralShape {
  return typeof shape === 'object' && shape.kind === 'literal';
}

function keyOf({ value, bigint, enum: of }: LiteralShape): string {
  return JSON.stringify([value, bigint, of]);
}
