import type { Manifest, MethodFacts } from '../manifest/manifest.js';
import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';

/** The parameters of a plugin's functions that are call-backs declared to return nothing, by the name of the function. */
export interface VoidCallbacks {
  readonly live: VoidCallbacksByName;
  readonly exports: VoidCallbacksByName;
  readonly functions: VoidCallbacksByName;
}

export type VoidCallbacksByName = ReadonlyMap<string, readonly number[]>;

export function voidCallbacksOf(manifest: Manifest): VoidCallbacks {
  const { liveFunctions, exports, functions, types = {} } = manifest;
  const byName = (facts: readonly Pick<MethodFacts, 'name' | 'shape'>[] = []): VoidCallbacksByName =>
    new Map(
      facts
        .map(({ name, shape }) => [name, voidCallbacksIn(shape, types)] as const)
        .filter(([, found]) => found.length > 0),
    );
  return { live: byName(liveFunctions), exports: byName(exports), functions: byName(functions) };
}

function voidCallbacksIn(shape: MethodFacts['shape'], table: ShapeTable): number[] {
  const [call, ...overloads] = shape?.calls ?? [];
  if (!call || overloads.length > 0) return [];
  return [...call.parameters.keys()].filter((index) => {
    const parameter = call.parameters[index];
    return parameter !== undefined && !parameter.rest && isVoidCallback(parameter.shape, table);
  });
}

/** Returns whether every value of this shape, except nothing at all, is a function that returns nothing. */
function isVoidCallback(shape: Shape, table: ShapeTable): boolean {
  const found = resolveShape(shape, table);
  if (typeof found === 'string') return false;
  if (found.kind === 'union') {
    const given = found.members.filter((member) => member !== 'undefined' && member !== 'null');
    return given.length > 0 && given.every((member) => isVoidCallback(member, table));
  }
  return found.kind === 'function' && found.calls.every(({ result }) => isNothing(result, table));
}

function isNothing(result: Shape, table: ShapeTable): boolean {
  const found = resolveShape(result, table);
  if (typeof found === 'string') return found === 'void';
  const [promised] = found.kind === 'platform' && found.name === 'Promise' ? (found.args ?? []) : [];
  return promised !== undefined && isNothing(promised, table);
}
