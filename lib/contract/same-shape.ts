import type { Shape } from '../manifest/shape.js';
import { resolved, type Typed } from './typed.js';

/** Returns true when two shapes are equal, ignoring the names of declared types and parameters. */
export function sameShape(left: Typed, right: Typed): boolean {
  return new Sameness(left, right).shapes(left.shape, right.shape);
}

class Sameness {
  readonly #left: Typed;
  readonly #right: Typed;
  /** Pairs of names that are being compared, or were found to be equal. */
  readonly #assumed = new Set<string>();

  constructor(left: Typed, right: Typed) {
    this.#left = left;
    this.#right = right;
  }

  shapes(left: Shape, right: Shape): boolean {
    const names = [left, right].map((one) => (isRef(one) ? one.name : undefined));
    if (names.some((name) => name !== undefined)) {
      const pair = JSON.stringify(names);
      // Two recursive types are equal when nothing else differs.
      if (names.every((name) => name !== undefined) && this.#assumed.has(pair)) return true;
      this.#assumed.add(pair);
    }
    const one = resolved({ shape: left, types: this.#left.types }).shape;
    const other = resolved({ shape: right, types: this.#right.types }).shape;
    return this.#values(one, other);
  }

  #values(left: unknown, right: unknown): boolean {
    if (isRef(left) || isRef(right)) return this.shapes(left as Shape, right as Shape);
    if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return left === right;
    if (Array.isArray(left) && Array.isArray(right)) {
      return left.length === right.length && left.every((one, index) => this.#values(one, right[index]));
    }
    const keys = Object.keys(left).sort();
    if (keys.join() !== Object.keys(right).sort().join()) return false;
    return keys.every((key) => {
      const [one, other] = [valueOf(left, key), valueOf(right, key)];
      return key === 'parameters' ? this.#values(unnamed(one), unnamed(other)) : this.#values(one, other);
    });
  }
}

function isRef(value: unknown): value is { readonly kind: 'ref'; readonly name: string } {
  return typeof value === 'object' && value !== null && valueOf(value, 'kind') === 'ref';
}

function valueOf(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}

function unnamed(parameters: unknown): unknown {
  return (parameters as readonly object[]).map((parameter) => ({ ...parameter, name: '' }));
}
