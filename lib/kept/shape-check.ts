import { isObject } from '../core/is-object.js';
import { entryStep, fieldStep, itemStep, keyStep, memberStep } from '../core/path-step.js';
import { kindOf } from '../live-data/kind.js';
import { shapeText } from '../manifest/shape-text.js';
import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';
import type { FieldFault } from './kept-classes.js';

/** A value, its required shape, and its place. */
interface Question {
  readonly value: unknown;
  readonly shape: Shape;
  readonly path: string;
}

/** The classes that a shape may name. */
export type ClassByName = (name: string) => { readonly prototype: object } | undefined;

/**
 * Checks values against shapes without recursion, each object only once for each shape: state may be deep, large and circular.
 * Instances of own classes are only recognised here; their fields are checked separately.
 */
export class ShapeCheck {
  readonly #types: ShapeTable;
  readonly #classOf: ClassByName;
  readonly #seen = new WeakMap<object, Set<Shape>>();

  constructor(types: ShapeTable, classOf: ClassByName) {
    this.#types = types;
    this.#classOf = classOf;
  }

  /** Returns the first place where `value` does not have `shape`. */
  faultIn(value: unknown, shape: Shape): FieldFault | undefined {
    const queue: Question[] = [{ value, shape, path: '' }];
    for (const question of queue) {
      if (!this.#fits(question.value, question.shape)) {
        const expected = shapeText(question.shape, this.#types);
        return { path: question.path, expected, got: kindOf(question.value) };
      }
      if (this.#isNew(question)) this.#parts(question, question.shape, queue);
    }
    return undefined;
  }

  #isNew({ value, shape }: Question): boolean {
    if (!isObject(value)) return false;
    let shapes = this.#seen.get(value);
    if (!shapes) this.#seen.set(value, (shapes = new Set()));
    if (shapes.has(shape)) return false;
    shapes.add(shape);
    return true;
  }

  /** Returns whether a value fits a shape, as far as can be seen without looking inside. */
  #fits(value: unknown, given: Shape): boolean {
    const type = this.#ownClass(given);
    if (type) return isObject(value) && Object.prototype.isPrototypeOf.call(type.prototype, value);
    const shape = resolveShape(given, this.#types);
    if (typeof shape === 'string') return isSimple(value, shape);
    switch (shape.kind) {
      case 'union':
        return shape.members.some((member) => this.#fits(value, member));
      case 'intersection': {
        // In `string & { readonly brand: 'Name' }`, the brand exists for the compiler only.
        const simple = shape.members.filter(
          (member) => typeof member === 'string' || member.kind === 'literal',
        );
        return (simple.length > 0 ? simple : shape.members).every((member) => this.#fits(value, member));
      }
      case 'literal':
        return shape.bigint ? String(value) === String(shape.value) : value === shape.value;
      case 'array':
      case 'tuple':
        return Array.isArray(value);
      case 'object':
        if (shape.fields.length === 0 && !shape.indexes) return value !== null && value !== undefined;
        return isObject(value) && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
      case 'function':
        return typeof value === 'function';
      case 'platform':
        return isOfPlatform(value, shape.name);
      default:
        return true;
    }
  }

  /** Queues the parts of a value; for a union, those of the one member that fits the value. */
  #parts({ value, path }: Question, given: Shape, queue: Question[]): void {
    if (this.#ownClass(given)) return;
    const shape = resolveShape(given, this.#types);
    if (typeof shape === 'string') return;
    const ask = (part: unknown, inside: Shape | undefined, step: string): void => {
      if (inside !== undefined) queue.push({ value: part, shape: inside, path: path + step });
    };
    switch (shape.kind) {
      case 'union': {
        const members = shape.members.filter((member) => this.#fits(value, member));
        const [only] = members;
        if (members.length === 1 && only !== undefined)
          this.#parts({ value, shape: only, path }, only, queue);
        return;
      }
      case 'intersection':
        for (const member of shape.members) this.#parts({ value, shape: member, path }, member, queue);
        return;
      case 'array':
        for (const [index, part] of (value as unknown[]).entries()) ask(part, shape.element, itemStep(index));
        return;
      case 'tuple':
        for (const [index, part] of (value as unknown[]).entries()) {
          const element = shape.elements[index];
          if (element && !element.rest && part !== undefined) ask(part, element.shape, itemStep(index));
        }
        return;
      case 'object': {
        const fields = value as Readonly<Record<string, unknown>>;
        const named = new Set(shape.fields.map(({ name }) => name));
        for (const { name, shape: inside, optional } of shape.fields) {
          if (!optional || fields[name] !== undefined) ask(fields[name], inside, fieldStep(name));
        }
        const rest = shape.indexes?.[0]?.value;
        for (const key of rest ? Object.keys(fields) : [])
          if (!named.has(key)) ask(fields[key], rest, fieldStep(key));
        return;
      }
      case 'platform':
        return askInside(value, shape.args ?? [], ask);
      default:
        return;
    }
  }

  #ownClass(shape: Shape): { readonly prototype: object } | undefined {
    return typeof shape === 'object' && shape.kind === 'ref' ? this.#classOf(shape.name) : undefined;
  }
}

function askInside(
  value: unknown,
  [first, second]: readonly Shape[],
  ask: (part: unknown, shape: Shape | undefined, step: string) => void,
): void {
  if (value instanceof Map) {
    let index = 0;
    for (const [key, held] of value as Map<unknown, unknown>) {
      ask(key, first, keyStep(index++));
      ask(held, second, entryStep(key));
    }
  } else if (value instanceof Set) {
    let index = 0;
    for (const member of value as Set<unknown>) ask(member, first, memberStep(index++));
  }
}

function isSimple(value: unknown, shape: Extract<Shape, string>): boolean {
  switch (shape) {
    case 'any':
    case 'unknown':
      return true;
    case 'never':
      return false;
    case 'void':
      return value === undefined;
    case 'null':
      return value === null;
    case 'object':
      return isObject(value) || typeof value === 'function';
    default:
      return typeof value === shape;
  }
}

const containers: Readonly<Record<string, (value: unknown) => boolean>> = {
  Map: (value) => value instanceof Map,
  ReadonlyMap: (value) => value instanceof Map,
  Set: (value) => value instanceof Set,
  ReadonlySet: (value) => value instanceof Set,
  Date: (value) => value instanceof Date,
  RegExp: (value) => value instanceof RegExp,
  Buffer: (value) => Buffer.isBuffer(value),
  Uint8Array: (value) => value instanceof Uint8Array,
  Function: (value) => typeof value === 'function',
};

/** Returns whether a value is of a type of the platform. An unknown name, such as an interface, fits any value. */
function isOfPlatform(value: unknown, name: string): boolean {
  const check = Object.hasOwn(containers, name) ? containers[name] : undefined;
  return check ? check(value) : true;
}
