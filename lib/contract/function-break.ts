import { shapeText } from '../manifest/shape-text.js';
import type { FunctionShape, SignatureShape } from '../manifest/shape.js';
import { Assignability } from './assignable.js';
import { parameterBreak, type ParameterBreak, type TypedCall } from './assignable-function.js';
import type { Typed } from './typed.js';

/** Reason why callers of a function's previous signature cannot call the new one. */
export interface FunctionBreak {
  readonly kind: 'parameter' | 'result';
  /** The previous type (`before`) and the new one (`after`); the whole signature if nothing more specific is known. */
  readonly before: string;
  readonly after: string;
  /** Name of the parameter, if the break is in one. */
  readonly parameter?: string;
  /**
   * True when only an equal signature would have been certain to be compatible: it has type parameters, or types that depend on
   * others.
   */
  readonly isUnsure?: true;
}

/**
 * Returns the first way in which a function breaks existing callers: a parameter that no longer accepts their arguments, or a
 * result that differs from what they expect. Each old overload must match a new one.
 *
 * @param live names of live types, whose fields are compared separately.
 */
export function functionBreak(
  before: Typed<FunctionShape>,
  after: Typed<FunctionShape>,
  live?: ReadonlySet<string>,
): FunctionBreak | undefined {
  const comparison = new Assignability(live);
  for (const call of before.shape.calls) {
    const old: TypedCall = { call, types: before.types };
    const found = after.shape.calls.map((now) =>
      callBreak(old, { call: now, types: after.types }, comparison),
    );
    if (found.includes(undefined)) continue;
    return found.length === 1 && found[0] ? found[0] : { kind: 'parameter', ...texts(before, after) };
  }
  return undefined;
}

function callBreak(
  before: TypedCall,
  after: TypedCall,
  comparison: Assignability,
): FunctionBreak | undefined {
  const refused = parameterBreak(after, before, comparison);
  if (refused) return parameterFacts(refused, before, after);
  const [was, is] = [before, after].map(({ call, types }): Typed => ({ shape: call.result, types })) as [
    Typed,
    Typed,
  ];
  if (comparison.assignable(is, was)) return undefined;
  const isUnsure = [was, is].some(({ shape }) => typeof shape === 'object' && shape.kind === 'opaque');
  return { kind: 'result', ...texts(was, is), ...(isUnsure && { isUnsure }) };
}

function parameterFacts(
  { given, wanted }: ParameterBreak,
  before: TypedCall,
  after: TypedCall,
): FunctionBreak {
  if (!given) {
    const [was, is] = [before, after].map(wholeOf) as [Typed, Typed];
    return { kind: 'parameter', ...texts(was, is), isUnsure: true };
  }
  const is: Typed = { shape: given.shape, types: after.types };
  const { name: parameter } = wanted ?? given;
  if (!wanted) return { kind: 'parameter', parameter, before: 'absent', after: textOf(is) };
  const was: Typed = { shape: wanted.shape, types: before.types };
  const isNeeded = wanted.optional === true && !given.optional;
  return {
    kind: 'parameter',
    parameter,
    ...texts(was, is),
    ...(isNeeded && { before: `${textOf(was)} or absent` }),
  };
}

function wholeOf({ call, types }: { readonly call: SignatureShape; readonly types: Typed['types'] }): Typed {
  return { shape: { kind: 'function', calls: [call] }, types };
}

/** Formats both types with declared types named; they are expanded where the names are equal. */
function texts(before: Typed, after: Typed): { readonly before: string; readonly after: string } {
  const [was, is] = [shapeText(before.shape), shapeText(after.shape)];
  return was === is ? { before: textOf(before), after: textOf(after) } : { before: was, after: is };
}

function textOf({ shape, types }: Typed): string {
  return shapeText(shape, types);
}
