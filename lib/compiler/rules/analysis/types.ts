import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { isOfLanguage, isOfPackage, isOfPlatform } from './origin.js';

/** Returns whether a value of this type has no parts. */
function isPrimitive(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isPrimitive);
  return (type.flags & primitive) !== 0;
}

/** Returns whether the type of a node is that of a value without parts. */
export function hasNoParts({ memory, checker }: Analysis, node: ts.Node): boolean {
  return memory.recall('has no parts', node, () => isPrimitive(checker.getTypeAtLocation(node)));
}

const primitive =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Void |
  ts.TypeFlags.Never;

/** Returns the names of the platform's classes and interfaces that a type is or is derived from. */
export function platformBases(analysis: Analysis, type: ts.Type): string[] {
  const names: string[] = [];
  const queue = [type];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const declaration = next.symbol?.declarations?.[0];
    if (declaration && isOfPlatform(analysis, declaration)) names.push(next.symbol.name);
    const target = 'target' in next ? (next.target as ts.Type) : next;
    if (target.isClassOrInterface()) queue.push(...analysis.checker.getBaseTypes(target));
  }
  return names;
}

/** Returns whether the type of an expression is a class or interface of a package. */
export function isPackageType(analysis: Analysis, node: ts.Expression): boolean {
  const type = analysis.checker.getTypeAtLocation(node);
  const parts = type.isUnionOrIntersection() ? type.types : [type];
  return parts.some((part) =>
    part.symbol?.declarations?.some((declaration) => isOfPackage(analysis, declaration)),
  );
}

/**
 * Returns whether a value of this type is a promise or may be one. A `then` beside other methods, as in a query that runs when
 * awaited, or in an app, does not make a promise.
 */
export function isPromise(analysis: Analysis, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some((part) => isPromise(analysis, part));
  if (type.isIntersection()) return type.types.some((part) => isPromisePart(analysis, part));
  const declaration = type.symbol?.declarations?.[0];
  if (!declaration) return false;
  if (/^Promise(Like)?$/.test(type.symbol.name) && isOfLanguage(analysis, declaration)) return true;
  const target = 'target' in type ? (type.target as ts.Type) : type;
  return (
    target.isClassOrInterface() &&
    analysis.checker.getBaseTypes(target).some((base) => isPromisePart(analysis, base))
  );
}

function isPromisePart(analysis: Analysis, type: ts.Type): boolean {
  return type.symbol?.name !== 'PromiseLike' && isPromise(analysis, type);
}

/** Returns whether an expression is an `AbortSignal`. */
export function isSignal(analysis: Analysis, node: ts.Expression): boolean {
  return isNamed(analysis.checker.getTypeAtLocation(node), 'AbortSignal');
}

/** Returns whether an expression is an `AbortController`. */
export function isController(analysis: Analysis, node: ts.Expression): boolean {
  return isNamed(analysis.checker.getTypeAtLocation(node), 'AbortController');
}

function isNamed(type: ts.Type, name: string): boolean {
  return type.isUnion() ? type.types.some((part) => isNamed(part, name)) : type.symbol?.name === name;
}
