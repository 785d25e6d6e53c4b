import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { isOfPlatform } from '../analysis/origin.js';

const primitive =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.EnumLike;

const passing =
  primitive |
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.Never |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.NonPrimitive |
  ts.TypeFlags.Index;

/** Returns whether a type is that of a string, number, big integer or boolean, or of some of them. */
export function isPrimitive({ flags }: ts.Type): boolean {
  return (flags & primitive) !== 0;
}

/** Returns whether values of a type cross as they are, or nothing is known of them. */
export function crossesAsIs({ flags }: ts.Type): boolean {
  return (flags & passing) !== 0;
}

/**
 * Returns whether a type parameter stands for a key. A key that crosses is a string, even if other types could index its base.
 */
export function isKey({ symbol }: ts.Type, checker: ts.TypeChecker): boolean {
  const declaration = symbol?.declarations?.find(ts.isTypeParameterDeclaration);
  if (!declaration?.constraint) return false;
  return (checker.getTypeFromTypeNode(declaration.constraint).flags & ts.TypeFlags.Index) !== 0;
}

/** Returns whether a type is nothing but an async iterable, so that nothing is lost when another thread pulls it. */
export function isAsyncIterable(type: ts.Type, checker: ts.TypeChecker): boolean {
  const members = checker.getPropertiesOfType(type).map(({ escapedName }) => String(escapedName));
  return (
    isIterated(type, checker) &&
    members.every((name) => name.startsWith('__@') || ['next', 'return', 'throw'].includes(name))
  );
}

/** Returns whether a type is a readable stream of Node, which crosses as an async iterable: no method of it is expected. */
export function isNodeStream(type: ts.Type, analysis: Analysis): boolean {
  const pipe = analysis.checker.getPropertyOfType(type, 'pipe');
  const isOfNode = pipe?.declarations?.some((node) => isOfPlatform(analysis, node)) ?? false;
  return isOfNode && isIterated(type, analysis.checker);
}

/** Returns whether a type has methods that are not optional. */
export function hasMethods(type: ts.Type, checker: ts.TypeChecker): boolean {
  return type
    .getProperties()
    .some(
      (member) =>
        !(member.flags & ts.SymbolFlags.Optional) &&
        checker.getTypeOfSymbol(member).getCallSignatures().length > 0,
    );
}

/** Returns whether a declaration is a method or accessor of a class, which instances lose. */
export function isClassMethod(node: ts.Node): boolean {
  const isMethod =
    ts.isMethodDeclaration(node) || ts.isAccessor(node) || ts.isAutoAccessorPropertyDeclaration(node);
  return isMethod && ts.isClassLike(node.parent);
}

function isIterated(type: ts.Type, checker: ts.TypeChecker): boolean {
  return checker
    .getPropertiesOfType(type)
    .some(({ escapedName }) => String(escapedName).startsWith('__@asyncIterator@'));
}
