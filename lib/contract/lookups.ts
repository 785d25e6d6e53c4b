import type { FieldShape, LiteralShape, ObjectShape, Shape } from '../manifest/shape.js';
import type { Plain } from './typed.js';

type UnionShape = Extract<Shape, { readonly kind: 'union' }>;

/** The members of a union. An enum may have thousands, and each of another one is looked for among them. */
interface Members {
  readonly literals: ReadonlySet<string>;
  readonly others: readonly Shape[];
}

const unions = new WeakMap<UnionShape, Members>();
const objects = new WeakMap<ObjectShape, ReadonlyMap<string, FieldShape>>();

/** Returns the members of a union that may take `source`: of literals, only the same one. */
export function membersFor(source: Plain, union: UnionShape): readonly Shape[] {
  if (typeof source === 'object' && source.kind === 'intersection') return union.members;
  const { literals, others } = membersOf(union);
  const isMember = isLiteral(source) && literals.has(keyOf(source));
  return isMember ? [source] : others;
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

function isLiteral(shape: Shape): shape is LiteralShape {
  return typeof shape === 'object' && shape.kind === 'literal';
}

function keyOf({ value, bigint, enum: of }: LiteralShape): string {
  return JSON.stringify([value, bigint, of]);
}
