import { ts } from 'ts-morph';

/**
 * Returns the live type of a parameter: in `Live_Fire`, and in arrays of it. A caller passes fields for it, and leaves out those
 * that have a default.
 */
export function liveParameter(
  type: ts.TypeNode | undefined,
  names: ReadonlySet<string>,
): ts.TypeReferenceNode | undefined {
  if (!type) return undefined;
  if (ts.isArrayTypeNode(type)) return liveParameter(type.elementType, names);
  if (ts.isTypeOperatorNode(type)) return liveParameter(type.type, names);
  if (!ts.isTypeReferenceNode(type) || type.typeArguments) return undefined;
  return ts.isIdentifier(type.typeName) && names.has(type.typeName.text) ? type : undefined;
}
