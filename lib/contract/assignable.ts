import type { LiteralShape, PlatformShape, Shape, SimpleShape } from '../manifest/shape.js';
import { functionAssignable } from './assignable-function.js';
import { isWeak, objectAssignable, sharesField } from './assignable-object.js';
import { listAssignable } from './assignable-list.js';
import { membersFor } from './lookups.js';
import { sameShape } from './same-shape.js';
import { beside, resolved, type Comparison, type Plain, type Typed } from './typed.js';

/**
 * Returns true when every value of `source` is one of `target`, as in TypeScript under `strict`. It may return false where the
 * checker accepts, but never the reverse.
 *
 * @param live names of live types: their data is revived as the newest class, whichever version wrote it.
 */
export function isAssignable(source: Typed, target: Typed, live?: ReadonlySet<string>): boolean {
  return new Assignability(live).assignable(source, target);
}

/** Implements {@link isAssignable}, for callers that compare several parts of the same two tables. */
export class Assignability implements Comparison {
  readonly #live: ReadonlySet<string>;
  readonly #tables: object[] = [];
  /** Short names of shapes, the same for equal ones. */
  readonly #names = new WeakMap<object, string>();
  readonly #namesByText = new Map<string, string>();
  /** Pairs of declared types that are assumed to be assignable while their parts are compared. */
  readonly #assumed = new Set<string>();
  readonly #refused = new Set<string>();

  constructor(live: ReadonlySet<string> = new Set()) {
    this.#live = live;
  }

  same(left: Typed, right: Typed): boolean {
    return sameShape(left, right);
  }

  assignable(source: Typed, target: Typed): boolean {
    const names = [source, target].map(({ shape }) => nameOf(shape));
    const [name] = names;
    if (name !== undefined && name === names[1] && this.#live.has(name)) return true;
    if (names.every((one) => one === undefined)) return this.#decide(resolved(source), resolved(target));
    const pair = this.#pairOf(source, target);
    if (this.#refused.has(pair)) return false;
    if (this.#assumed.has(pair)) return true;
    const before = this.#assumed.size;
    this.#assumed.add(pair);
    if (this.#decide(resolved(source), resolved(target))) return true;
    // Results that relied on the failed assumption are no longer valid.
    for (const later of [...this.#assumed].slice(before)) this.#assumed.delete(later);
    this.#refused.add(pair);
    return false;
  }

  #pairOf(source: Typed, target: Typed): string {
    return [source, target].map(({ shape, types }) => `${this.#idOf(types)}:${this.#nameOf(shape)}`).join();
  }

  // The text of a union of thousands would be one side of as many pairs.
  #nameOf(shape: Shape): string {
    if (typeof shape === 'string') return shape;
    const known = this.#names.get(shape);
    if (known !== undefined) return known;
    const text = JSON.stringify(shape);
    const name = this.#namesByText.get(text) ?? `#${this.#namesByText.size}`;
    this.#namesByText.set(text, name);
    this.#names.set(shape, name);
    return name;
  }

  #idOf(table: object): number {
    const index = this.#tables.indexOf(table);
    return index < 0 ? this.#tables.push(table) - 1 : index;
  }

  #decide(source: Typed<Plain>, target: Typed<Plain>): boolean {
    const [from, to] = [source.shape, target.shape];
    if (to === 'any' || to === 'unknown' || from === 'never') return true;
    if (from === 'any') return to !== 'never';
    if (from === 'unknown' || to === 'never') return false;
    return this.#byParts(source, target) ?? this.#whole(source, target);
  }

  /** Compares unions and intersections by their members, the source first; returns `undefined` if there are none. */
  #byParts(source: Typed<Plain>, target: Typed<Plain>): boolean | undefined {
    const [from, to] = [source.shape, target.shape];
    if (isOf(from, 'union')) {
      return from.members.every((member) => this.assignable(beside(source, member), target));
    }
    if (isOf(to, 'intersection')) {
      return to.members.every((member) => this.assignable(source, beside(target, member)));
    }
    if (isOf(to, 'union')) {
      const members = membersFor(source, beside(target, to));
      if (members.some((member) => this.assignable(source, beside(target, member)))) return true;
      return from === 'boolean' && booleans.every((value) => this.assignable(beside(source, value), target));
    }
    if (isOf(from, 'intersection')) {
      // A string or function has no index signature, even with a brand.
      if (isOf(to, 'object') && to.indexes) return false;
      const members = from.members.map((member) => beside(source, member));
      return members.some((member) => !isUnrelated(member, to) && this.assignable(member, target));
    }
    return undefined;
  }

  #whole(source: Typed<Plain>, target: Typed<Plain>): boolean {
    const [from, to] = [source.shape, target.shape];
    if (typeof to === 'string') return isSimple(from, to);
    switch (to.kind) {
      case 'literal':
        return isOf(from, 'literal') && sameLiteral(from, to);
      case 'array':
      case 'tuple':
        return listAssignable(source, { ...target, shape: to }, this);
      case 'object':
        return objectAssignable(source, { ...target, shape: to }, this);
      case 'function':
        return (
          isOf(from, 'function') &&
          functionAssignable({ ...source, shape: from }, { ...target, shape: to }, this)
        );
      case 'platform':
        return isOf(from, 'platform') && this.#platform({ ...source, shape: from }, { ...target, shape: to });
      case 'parameter':
      case 'opaque':
        return this.same(source, target);
      // These shapes were already split into members.
      case 'union':
      case 'intersection':
        return false;
      default:
        return to satisfies never;
    }
  }

  #platform(source: Typed<PlatformShape>, target: Typed<PlatformShape>): boolean {
    const [from, to] = [source.shape, target.shape];
    if (from.name !== to.name && !bases[from.name]?.includes(to.name)) return false;
    const [given, wanted] = [from.args ?? [], to.args ?? []];
    if (given.length !== wanted.length) return from.name !== to.name && wanted.length === 0;
    return given.every((arg, index) => {
      const [one, other] = [beside(source, arg), beside(target, wanted[index]!)];
      return producers.has(to.name) ? this.assignable(one, other) : this.same(one, other);
    });
  }
}

const booleans: readonly LiteralShape[] = [
  { kind: 'literal', value: true },
  { kind: 'literal', value: false },
];

/** Types that only produce values of their type arguments, so that a narrower argument is assignable. */
const producers = new Set([
  'AsyncIterable',
  'Iterable',
  'LiveData',
  'Map',
  'Promise',
  'PromiseLike',
  'ReadableStream',
  'ReadonlyMap',
  'ReadonlySet',
  'Set',
]);

const bases: Readonly<Record<string, readonly string[]>> = {
  Buffer: ['Uint8Array'],
  Map: ['ReadonlyMap'],
  Set: ['ReadonlySet'],
  File: ['Blob'],
};

/** Returns true for a member of an intersection that has no field of a type with only optional ones, whatever the others have. */
function isUnrelated(member: Typed, target: Plain): boolean {
  if (!isOf(target, 'object') || !isWeak(target)) return false;
  const { shape } = resolved(member);
  return !isOf(shape, 'object') || !sharesField(shape, target);
}

function isSimple(from: Plain, to: SimpleShape): boolean {
  if (from === to) return true;
  if (to === 'void') return from === 'undefined';
  if (typeof from === 'string') return false;
  switch (from.kind) {
    case 'literal':
      return to === (from.bigint ? 'bigint' : typeof from.value);
    case 'opaque':
      return from.base === to;
    case 'array':
    case 'tuple':
    case 'object':
    case 'function':
    case 'platform':
      // `{}` may be a string.
      return to === 'object' && !isAnything(from);
    default:
      return false;
  }
}

function isAnything(shape: Plain): boolean {
  return isOf(shape, 'object') && shape.fields.length === 0 && !shape.indexes && !shape.declared;
}

function sameLiteral(left: LiteralShape, right: LiteralShape): boolean {
  return left.value === right.value && left.bigint === right.bigint && left.enum === right.enum;
}

function nameOf(shape: Shape): string | undefined {
  return typeof shape === 'object' && shape.kind === 'ref' ? shape.name : undefined;
}

function isOf<Kind extends Exclude<Shape, string>['kind']>(
  shape: Shape,
  kind: Kind,
): shape is Extract<Shape, { readonly kind: Kind }> {
  return typeof shape === 'object' && shape.kind === kind;
}
