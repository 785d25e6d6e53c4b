import type { Call } from '../dispatch/call.js';
import { Scope } from '../link/protocol.js';
import type { Manifest } from '../manifest/manifest.js';

/** Returns whether a call may change something: its function is not declared `@readonly`. */
export type IsChanging = (call: Pick<Call, 'scope' | 'name'>) => boolean;

/** Returns a filter for calls that a version has to finish before another one, or another thread, takes over from it. */
export function changingCalls({ liveFunctions, exports = [], functions = [] }: Manifest): IsChanging {
  const readOnly = new Map<number, ReadonlySet<string>>([
    [Scope.live, namesOf(liveFunctions)],
    [Scope.export, namesOf(exports)],
    [Scope.function, namesOf(functions)],
  ]);
  return ({ scope, name }) => readOnly.get(scope)?.has(name) !== true;
}

function namesOf(functions: readonly { readonly name: string; readonly readonly?: true }[]): Set<string> {
  return new Set(functions.filter((one) => one.readonly).map(({ name }) => name));
}
