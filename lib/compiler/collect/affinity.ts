import { ts } from 'ts-morph';
import type { AffinityFacts } from '../../manifest/manifest.js';
import { tagOfSymbol } from './doc-tags.js';
import { isRest } from './signature-reader.js';

/** The parsed `@affinity` tag of a function, which determines the thread of a call. */
export type Affinity =
  | { readonly kind: 'key'; readonly facts: AffinityFacts }
  /** Set when calls can never have a key there. */
  | { readonly kind: 'wrong'; readonly problem: string; readonly remedy: string };

/**
 * Reads `@affinity room` or `@affinity order.customer`: a parameter, and the path in it to the key. Returns `undefined` without
 * the tag.
 */
export function affinityOf(symbol: ts.Symbol, checker: ts.TypeChecker): Affinity | undefined {
  const tag = tagOfSymbol(symbol, 'affinity', checker);
  if (tag === undefined) return undefined;
  const words = tag.split(' ')[0] ?? '';
  const [name = '', ...path] = words.split('.');
  if (name === '') return wrong('`@affinity` names no parameter.', 'Name one: `@affinity room`.');
  const found = parameterNamed(name, checker.getTypeOfSymbol(symbol));
  if (!found) {
    const remedy = 'Name a parameter, or a way in one: `@affinity room`, `@affinity order.customer`.';
    return wrong(`\`@affinity ${words}\`: there is no parameter ${name}.`, remedy);
  }
  if (isRest(found.parameter)) {
    const problem = `\`@affinity ${words}\`: ${name} is a rest parameter, which is not a single argument.`;
    return wrong(problem, 'Declare the argument that has the key before it.');
  }
  let type = checker.getTypeOfSymbol(found.parameter);
  for (const field of path) {
    const next = fieldOf(type, field, checker);
    if (!next) {
      const problem = `\`@affinity ${words}\`: there is no ${field} in ${checker.typeToString(type)}.`;
      return wrong(problem, 'Name fields that are there: `@affinity order.customer`.');
    }
    type = next;
  }
  if (!mayBeKey(type)) {
    const problem = `\`@affinity ${words}\`: ${checker.typeToString(type)} is not a string, number, bigint or boolean.`;
    return wrong(problem, 'Name a field in it that is one: `@affinity order.customer`.');
  }
  return { kind: 'key', facts: { parameter: found.index, path } };
}

/** Returns the manifest's facts about affinity. */
export function affinityFacts(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
): { readonly affinity?: AffinityFacts } {
  const affinity = affinityOf(symbol, checker);
  return affinity?.kind === 'key' ? { affinity: affinity.facts } : {};
}

function wrong(problem: string, remedy: string): Affinity {
  return { kind: 'wrong', problem, remedy };
}

/** Returns the tag of the first overload that has one. */
function parameterNamed(
  name: string,
  type: ts.Type,
): { readonly index: number; readonly parameter: ts.Symbol } | undefined {
  for (const call of type.getCallSignatures()) {
    const index = call.parameters.findIndex((one) => one.name === name);
    if (index >= 0) return { index, parameter: call.parameters[index]! };
  }
  return undefined;
}

/** Returns the type of a field that every value of `type` has. */
function fieldOf(type: ts.Type, field: string, checker: ts.TypeChecker): ts.Type | undefined {
  const present = checker.getNonNullableType(checker.getBaseConstraintOfType(type) ?? type);
  for (const part of present.isUnion() ? present.types : [present]) {
    if (isOpen(part)) return part;
    const property = checker.getPropertyOfType(part, field);
    if (property) return checker.getTypeOfSymbol(property);
    const index = part.getStringIndexType() ?? (/^\d+$/.test(field) ? part.getNumberIndexType() : undefined);
    if (index) return index;
  }
  return undefined;
}

function mayBeKey(type: ts.Type): boolean {
  const base = type.isTypeParameter() ? (type.getConstraint() ?? type) : type;
  return base.isUnionOrIntersection() ? base.types.some(mayBeKey) : isOpen(base) || (base.flags & keys) !== 0;
}

/** Returns whether the type depends on the value. */
function isOpen({ flags }: ts.Type): boolean {
  return (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Instantiable)) !== 0;
}

const keys =
  ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike | ts.TypeFlags.BooleanLike;
