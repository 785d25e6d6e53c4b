import { ts } from 'ts-morph';

/**
 * Returns the live type of a parameter: in `Live_Fire`, and in arrays of it. A caller passes fields for it, and leaves out those
 * that have a default.
 *
 * @param names are those of all live types, one of which may be that of another type in `file`.
 */
export function liveParameter(
  type: ts.TypeNode | undefined,
  names: ReadonlySet<string>,
  file: ts.SourceFile,
): ts.TypeReferenceNode | undefined {
  if (!type) return undefined;
  if (ts.isArrayTypeNode(type)) return liveParameter(type.elementType, names, file);
  if (ts.isTypeOperatorNode(type)) return liveParameter(type.type, names, file);
  if (!ts.isTypeReferenceNode(type) || type.typeArguments || !ts.isIdentifier(type.typeName))
    return undefined;
  const { text } = type.typeName;
  return names.has(text) && !namesOther(text, file) ? type : undefined;
}

/** Returns whether a file declares a type of this name that is no class, and so is not live. */
function namesOther(name: string, { statements }: ts.SourceFile): boolean {
  return statements.some(
    (one) => (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) && one.name.text === name,
  );
}
