import type { FunctionShape, Shape } from '../manifest/shape.js';

/** Returns a live function as its callers see it: it returns a promise. */
export function promised({ calls }: FunctionShape): FunctionShape {
  const promise = (result: Shape): Shape => ({ kind: 'platform', name: 'Promise', args: [result] });
  return { kind: 'function', calls: calls.map((call) => ({ ...call, result: promise(call.result) })) };
}
