import type { Manifest, MethodFacts } from '../manifest/manifest.js';
import type { ParameterShape, Shape, ShapeTable } from '../manifest/shape.js';

/** The functions of a plugin that take live types, by name, with the shapes of their parameters. */
export interface RevivedParameters {
  readonly live: RevivedByName;
  readonly exports: RevivedByName;
  readonly functions: RevivedByName;
}

export type RevivedByName = Readonly<Record<string, readonly ParameterShape[]>>;

export function revivedParametersOf(manifest: Manifest): RevivedParameters {
  const { liveFunctions, liveTypes, exports, functions, types = {} } = manifest;
  const live = new Set(liveTypes.map(({ name }) => name));
  const revived = (facts: readonly Pick<MethodFacts, 'name' | 'shape'>[] = []): RevivedByName =>
    Object.fromEntries(
      facts.flatMap(({ name, shape }) => {
        const [call, ...overloads] = shape?.calls ?? [];
        const isTaken = call?.parameters.some((one) => refersTo(one.shape, live, types, new Set())) ?? false;
        return call && overloads.length === 0 && isTaken ? [[name, call.parameters]] : [];
      }),
    );
  return { live: revived(liveFunctions), exports: revived(exports), functions: revived(functions) };
}

/** Returns whether a value of this shape may contain one of the types with these names. */
function refersTo(shape: Shape, names: ReadonlySet<string>, table: ShapeTable, seen: Set<string>): boolean {
  if (typeof shape === 'string') return false;
  const any = (...shapes: readonly Shape[]): boolean =>
    shapes.some((one) => refersTo(one, names, table, seen));
  switch (shape.kind) {
    case 'ref':
      if (names.has(shape.name)) return true;
      if (seen.has(shape.name)) return false;
      seen.add(shape.name);
      return any(table[shape.name] ?? 'unknown');
    case 'union':
    case 'intersection':
      return any(...shape.members);
    case 'array':
      return any(shape.element);
    case 'tuple':
      return any(...shape.elements.map((element) => element.shape));
    case 'object':
      return any(
        ...shape.fields.map((field) => field.shape),
        ...(shape.indexes ?? []).map(({ value }) => value),
      );
    case 'platform':
      return any(...(shape.args ?? []));
    case 'literal':
    case 'function':
    case 'parameter':
    case 'opaque':
      return false;
    default:
      return shape satisfies never;
  }
}
