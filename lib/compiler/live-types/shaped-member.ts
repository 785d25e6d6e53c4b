import type { LiveFunctionFacts, LiveTypeFacts } from '../../manifest/manifest.js';
import { memberName, shapeText } from '../../manifest/shape-text.js';
import type { FunctionShape, Shape, ShapeTable } from '../../manifest/shape.js';
import { promised } from '../promised.js';
import { typeEntryText } from './type-entry.js';

/** Returns a live function as a member, from its shape in a manifest. */
export function shapedFunction(
  { name, file, shape }: LiveFunctionFacts,
  types: ShapeTable | undefined,
  mark = '',
): string {
  const isSaid = shape && isWritable(shape, types ?? {});
  const text = isSaid ? shapeText(promised(shape)) : '(...args: any[]) => Promise<any>';
  return `/** In ${file}. */\n${mark}${memberName(name)}: ${text};`;
}

/** Returns a live type as a member, from the shapes of its fields. */
export function shapedType(
  { name, fields }: LiveTypeFacts,
  types: ShapeTable | undefined,
  mark = '',
): string {
  const members = fields.map(({ name: field, shape, optional }) => {
    const type = isWritable(shape, types ?? {}) ? shapeText(shape) : 'any';
    return `${memberName(field)}${optional ? '?' : ''}: ${type}`;
  });
  const needed = fields.filter(({ bare, optional }) => bare && !optional).map((field) => field.name);
  return `${mark}${memberName(name)}: ${typeEntryText(`{ ${members.join('; ')} }`, needed, 'unknown')};`;
}

/** Returns the declarations of all types that texts name, directly or indirectly. */
export function shapedTypes(types: ShapeTable = {}, texts: readonly string[]): string[] {
  const left = new Map(
    Object.entries(types).map(([name, shape]) => [
      name,
      `type ${name} = ${isWritable(shape, types) ? shapeText(shape) : 'any'};`,
    ]),
  );
  const declared: string[] = [];
  const queue = [...texts];
  for (const text of queue) {
    for (const [name] of text.matchAll(/[\w$]+/g)) {
      const declaration = left.get(name);
      if (declaration === undefined) continue;
      left.delete(name);
      declared.push(declaration);
      queue.push(declaration);
    }
  }
  return declared.sort();
}

/** Returns whether a shape can be written down. The text of an opaque one may contain names that are unknown elsewhere. */
function isWritable(shape: Shape, types: ShapeTable): boolean {
  if (typeof shape === 'string') return true;
  switch (shape.kind) {
    case 'opaque':
    case 'parameter':
      return false;
    case 'literal':
      return true;
    case 'ref':
      return Object.hasOwn(types, shape.name);
    case 'union':
    case 'intersection':
      return shape.members.every((member) => isWritable(member, types));
    case 'array':
      return isWritable(shape.element, types);
    case 'tuple':
      return shape.elements.every((element) => isWritable(element.shape, types));
    case 'platform':
      return shape.name !== 'LiveData' && (shape.args ?? []).every((arg) => isWritable(arg, types));
    case 'object':
      return (
        shape.fields.every((field) => !field.name.startsWith('[') && isWritable(field.shape, types)) &&
        (shape.indexes ?? []).every((one) => isWritable(one.key, types) && isWritable(one.value, types))
      );
    case 'function':
      return isWritableFunction(shape, types);
    default:
      return shape satisfies never;
  }
}

function isWritableFunction({ calls }: FunctionShape, types: ShapeTable): boolean {
  return calls.every(
    ({ generics, parameters, result }) =>
      !generics && isWritable(result, types) && parameters.every((one) => isWritable(one.shape, types)),
  );
}
