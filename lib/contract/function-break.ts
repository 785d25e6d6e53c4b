import { shapeText } from '../manifest/shape-text.js';
import type { FunctionShape, SignatureShape } from '../manifest/shape.js';
import { Assignability } from './assignable.js';
import { parameterBreak, type ParameterBreak, type TypedCall } from './assignable-function.js';
import type { Typed } from './typed.js';

/** Why who called a function as it was cannot call it as it is. */
export interface FunctionBreak {
  readonly kind: 'parameter' | 'result';
  /** The type that it was, and is; the whole signature where that is all that can be said. */
  readonly before: string;
  readonly after: string;
  /** Name of the parameter, when it is one. */
  readonly parameter?: string;
  /** Only the same signature would have been sure to do: it has type parameters, or types that depend on others. */
  readonly isUnsure?: true;
}

/**
 * The first way in which a function breaks those who call it as it was: a parameter that no longer accepts what they pass,
 * a result that is not what they expect. With overloads, each of the old has to find one of the new.
 *
 * @param live names of live types, whose fields are compared on their own.
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

/** Declared types by their names; written out where the names are the same. */
function texts(before: Typed, after: Typed): { readonly before: string; readonly after: string } {
  const [was, is] = [shapeText(before.shape), shapeText(after.shape)];
  return was === is ? { before: textOf(before), after: textOf(after) } : { before: was, after: is };
}

function textOf({ shape, types }: Typed): string {
  return shapeText(shape, types);
}
