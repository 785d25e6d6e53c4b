import type { FunctionShape, Shape } from '../manifest/shape.js';

/** A live function as callers write it down: each call is a promise. */
export function promised({ calls }: FunctionShape): FunctionShape {
  const promise = (result: Shape): Shape => ({ kind: 'platform', name: 'Promise', args: [result] });
  return { kind: 'function', calls: calls.map((call) => ({ ...call, result: promise(call.result) })) };
}
