import { ts } from 'ts-morph';
import type { LiteralShape, Shape, SimpleShape } from '../../manifest/shape.js';

const simple: readonly (readonly [ts.TypeFlags, SimpleShape])[] = [
  [ts.TypeFlags.Any, 'any'],
  [ts.TypeFlags.Unknown, 'unknown'],
  [ts.TypeFlags.Never, 'never'],
  [ts.TypeFlags.Void, 'void'],
  [ts.TypeFlags.Undefined, 'undefined'],
  [ts.TypeFlags.Null, 'null'],
  [ts.TypeFlags.String, 'string'],
  [ts.TypeFlags.Number, 'number'],
  [ts.TypeFlags.BigInt, 'bigint'],
  [ts.TypeFlags.Boolean, 'boolean'],
  [ts.TypeFlags.ESSymbol, 'symbol'],
  [ts.TypeFlags.NonPrimitive, 'object'],
];

/** Returns the shape of a type without parts: one word, one value, a type parameter. */
export function simpleShape(type: ts.Type): Shape | undefined {
  if (type.flags & ts.TypeFlags.UniqueESSymbol) {
    return { kind: 'opaque', text: `typeof ${type.symbol.name}`, base: 'symbol' };
  }
  const [, word] = simple.find(([flag]) => type.flags & flag) ?? [];
  if (word !== undefined) return word;
  if (type.flags & ts.TypeFlags.TypeParameter)
    return { kind: 'parameter', name: type.symbol?.name ?? 'this' };
  if (type.isUnion()) return undefined;
  return literalShape(type);
}

function literalShape(type: ts.Type): LiteralShape | undefined {
  const owner = type.flags & ts.TypeFlags.EnumLiteral ? { enum: enumName(type.symbol) } : {};
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    return { kind: 'literal', value: type.value, ...owner };
  }
  if (type.flags & ts.TypeFlags.BigIntLiteral) {
    const { negative, base10Value } = (type as ts.BigIntLiteralType).value;
    return { kind: 'literal', value: `${negative ? '-' : ''}${base10Value}`, bigint: true };
  }
  if (type.flags & ts.TypeFlags.BooleanLiteral) {
    const { intrinsicName } = type as ts.Type & { readonly intrinsicName: string };
    return { kind: 'literal', value: intrinsicName === 'true' };
  }
  return undefined;
}

/** Returns the name of the enum that a member belongs to; an enum with one member is that member. */
function enumName({ declarations = [], name }: ts.Symbol): string {
  const [member] = declarations.filter((one) => ts.isEnumMember(one));
  return member?.parent.name.text ?? name;
}
