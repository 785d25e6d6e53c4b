import { ts } from 'ts-morph';
import type { Shape } from '../../manifest/shape.js';
import { isPlatformSymbol } from './global-name.js';

/**
 * Returns the shape of a type that cannot be described as data: its parts, which are only compared for equality. Returns
 * `undefined` for other types.
 */
export function opaqueShape(
  type: ts.Type,
  program: ts.Program,
  read: (part: ts.Type) => Shape,
): Shape | undefined {
  const checker = program.getTypeChecker();
  const parts = partsOf(type, program);
  if (!parts) return undefined;
  const isText = type.flags & (ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping);
  return {
    kind: 'opaque',
    text: writtenText(type, checker),
    ...(parts.length > 0 && { parts: parts.map(read) }),
    ...(isText && { base: 'string' }),
    ...(type.flags & ts.TypeFlags.Enum && { base: 'number' }),
  };
}

/** Returns whether a type is `{ [Key in keyof T]: … }` of a type parameter, whose fields are unknown. */
export function isGenericMapped(type: ts.Type, checker: ts.TypeChecker): boolean {
  return ((mappedType(type, checker)?.constraintType?.flags ?? 0) & ts.TypeFlags.Instantiable) !== 0;
}

/** Returns a type as its author wrote it, without the paths of its parts. */
export function writtenText(type: ts.Type, checker: ts.TypeChecker): string {
  return checker
    .typeToString(
      type,
      undefined,
      ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType,
    )
    .replaceAll(/import\("[^"]*"\)\./g, '')
    .replaceAll(/__@(\w+)@\d+/g, '$1');
}

function partsOf(type: ts.Type, program: ts.Program): readonly ts.Type[] | undefined {
  const checker = program.getTypeChecker();
  if (!(type.flags & ts.TypeFlags.Instantiable) && !isGenericMapped(type, checker)) {
    // An enum may have members that are computed at run time.
    return type.flags & ts.TypeFlags.Enum ? [] : undefined;
  }
  // The language's own helper types never change.
  if (type.aliasSymbol && isPlatformSymbol(type.aliasSymbol, program)) return type.aliasTypeArguments ?? [];
  if (type.flags & ts.TypeFlags.Conditional) {
    const { checkType, extendsType, root } = type as ts.ConditionalType;
    const branches = [root.node.trueType, root.node.falseType].map((node) =>
      checker.getTypeFromTypeNode(node),
    );
    return [checkType, extendsType, ...branches];
  }
  if (type.flags & ts.TypeFlags.IndexedAccess) {
    const { objectType, indexType } = type as ts.IndexedAccessType;
    return [objectType, indexType];
  }
  if (type.flags & ts.TypeFlags.Index) return [(type as ts.IndexType).type];
  if (type.flags & ts.TypeFlags.TemplateLiteral) return (type as ts.TemplateLiteralType).types;
  if (type.flags & ts.TypeFlags.StringMapping) return [(type as ts.StringMappingType).type];
  const mapped = mappedType(type, checker);
  if (mapped) return [mapped.constraintType, mapped.template].filter((part) => part !== undefined);
  return [];
}

function mappedType(
  type: ts.Type,
  checker: ts.TypeChecker,
): { readonly constraintType: ts.Type | undefined; readonly template: ts.Type | undefined } | undefined {
  const mapped = type as ts.ObjectType & {
    readonly declaration?: ts.MappedTypeNode;
    readonly constraintType?: ts.Type;
  };
  if (!(type.flags & ts.TypeFlags.Object && mapped.objectFlags & ts.ObjectFlags.Mapped)) return undefined;
  // The checker finds the constraint when it is asked for the members.
  checker.getPropertiesOfType(type);
  const template = mapped.declaration?.type;
  return {
    constraintType: mapped.constraintType,
    template: template && checker.getTypeFromTypeNode(template),
  };
}
