import {
  heldShape,
  optionalShape,
  resolveShape,
  type FunctionShape,
  type ParameterShape,
  type ShapeTable,
  type SignatureShape,
} from '../manifest/shape.js';
import { beside, type Comparison, type Typed } from './typed.js';

/**
 * Returns true when a function of `source` can be called as `target` requires: each signature of `target` needs a matching one in
 * `source`.
 */
export function functionAssignable(
  source: Typed<FunctionShape>,
  target: Typed<FunctionShape>,
  comparison: Comparison,
): boolean {
  return target.shape.calls.every((wanted) =>
    source.shape.calls.some(
      (given) =>
        !parameterBreak(
          { call: given, types: source.types },
          { call: wanted, types: target.types },
          comparison,
        ) &&
        keepsClaim({ call: given, types: source.types }, { call: wanted, types: target.types }, comparison) &&
        // A caller that expects void ignores the result.
        (wanted.result === 'void' ||
          comparison.assignable(beside(source, given.result), beside(target, wanted.result))),
    ),
  );
}

/** Returns true when `given` makes the claim about its argument on which callers of `wanted` rely. */
function keepsClaim(given: TypedCall, wanted: TypedCall, comparison: Comparison): boolean {
  if (!wanted.call.claim) return true;
  if (!given.call.claim) return false;
  return comparison.same(
    { shape: given.call.claim, types: given.types },
    { shape: wanted.call.claim, types: wanted.types },
  );
}

/** One signature of a function. */
export interface TypedCall {
  readonly call: SignatureShape;
  readonly types: ShapeTable;
}

/** A parameter that does not accept the arguments of the other signature's callers. */
export interface ParameterBreak {
  readonly given?: ParameterShape;
  readonly wanted?: ParameterShape;
}

/**
 * Returns the first parameter, if any, where a function with signature `given` does not accept what callers of `wanted` pass.
 * With type parameters, only an equal signature is certain to.
 */
export function parameterBreak(
  { call: given, types }: TypedCall,
  { call: wanted, types: wantedTypes }: TypedCall,
  comparison: Comparison,
): ParameterBreak | undefined {
  const taken = positionsOf(given, types);
  const passed = positionsOf(wanted, wantedTypes);
  if (!taken || !passed || given.generics || wanted.generics) {
    const [left, right] = [functionOf(given), functionOf(wanted)];
    return comparison.same({ shape: left, types }, { shape: right, types: wantedTypes }) ? undefined : {};
  }
  const length = Math.max(taken.fixed.length, passed.fixed.length) + 1;
  for (let index = 0; index < length; index++) {
    const take = taken.fixed[index] ?? taken.rest;
    const pass = passed.fixed[index] ?? passed.rest;
    if (!take) continue;
    const found = { given: take, ...(pass && { wanted: pass }) };
    if (!pass) {
      if (take.optional || take === taken.rest) continue;
      return found;
    }
    const accepted = { shape: heldShape(take), types };
    const isLeftOut = pass.optional || (pass === passed.rest && take !== taken.rest);
    const value = { shape: isLeftOut ? optionalShape(pass.shape) : pass.shape, types: wantedTypes };
    if (!comparison.assignable(value, accepted)) return found;
  }
  return undefined;
}

function functionOf(call: SignatureShape): FunctionShape {
  return { kind: 'function', calls: [call] };
}

interface Positions {
  readonly fixed: readonly ParameterShape[];
  /** Type of any number of further arguments. */
  readonly rest?: ParameterShape;
}

/** Returns the individual parameters; a rest parameter that is a tuple is expanded. */
function positionsOf({ parameters }: SignatureShape, types: ShapeTable): Positions | undefined {
  const last = parameters.at(-1);
  if (!last?.rest) return { fixed: parameters };
  const fixed = parameters.slice(0, -1);
  const taken = resolveShape(last.shape, types);
  if (typeof taken === 'object' && taken.kind === 'array') {
    return { fixed, rest: { ...last, shape: taken.element } };
  }
  if (typeof taken !== 'object' || taken.kind !== 'tuple') return undefined;
  const places = taken.elements.map(({ shape, optional, rest }, index): ParameterShape => ({
    name: `${last.name}[${index}]`,
    shape,
    ...(optional && { optional }),
    ...(rest && { rest }),
  }));
  const more = places.at(-1);
  if (!places.some(({ rest }) => rest)) return { fixed: [...fixed, ...places] };
  // A rest in the middle of a tuple has no fixed position.
  if (!more?.rest || places.filter(({ rest }) => rest).length > 1) return undefined;
  return { fixed: [...fixed, ...places.slice(0, -1)], rest: more };
}
