import { types } from 'node:util';
import { isPlainObject } from '../core/is-object.js';
import { ConstantChanges, type Contents } from './constant-changes.js';
import { contentOf } from './content-of.js';
import { isClass } from './kept-constructor.js';

/** Prototypes of the platform whose objects can change without a trace. */
const changeable: ReadonlySet<object | null> = new Set([
  null,
  ...[Object, Array, Map, Set, Date, RegExp, URL, URLSearchParams].map(
    ({ prototype }) => prototype as object,
  ),
]);

/** The sources of {@link Constants}. */
export interface ConstantSources {
  /** Constants and classes of the plugin's own modules, by `file#NAME`. */
  readonly symbols: ReadonlyMap<string, unknown>;
  /** Kept state does not count as a constant, although a constant names it. */
  readonly roots: ReadonlySet<object>;
  /** Returns whether the instances with a prototype can be kept. */
  readonly isOwn: (prototype: object) => boolean;
}

/**
 * The module-level constants and classes of a version to which state may refer, together with their contents, so that
 * `TYPES.lobby` is known, too. A constant that calls have changed, such as a seed of the state, is state itself.
 */
export class Constants {
  readonly #sources: ConstantSources;
  readonly #byName = new Map<string, object>();
  readonly #names = new Map<object, string>();
  /** Contents of the constants before any call could change them. */
  #noted: Contents | undefined;

  constructor(sources: ConstantSources) {
    this.#sources = sources;
    for (const [name, value] of sources.symbols) this.#add(name, value);
  }

  get(name: string): object | undefined {
    return this.#byName.get(name);
  }

  /**
   * Returns a function that tells the name of a constant: `undefined` for a value that is none, or that has changed since it was
   * noted. The answers hold until the next change.
   */
  namesNow(): (value: object) => string | undefined {
    const changes = new ConstantChanges(this.#noted ?? new Map());
    return (value) => {
      const name = this.#names.get(value);
      return name === undefined || changes.hasChanged(value) ? undefined : name;
    };
  }

  /** Notes the content of all constants, once. */
  note(): void {
    if (this.#noted) return;
    const noted = new Map<object, readonly unknown[]>();
    // The set grows while it is iterated.
    const reached = new Set<unknown>(this.#names.keys());
    for (const value of reached) {
      if (!this.#isData(value)) continue;
      const content = contentOf(value);
      noted.set(value, content);
      for (const inner of content) reached.add(inner);
    }
    this.#noted = noted;
  }

  /** Returns whether a value may be state: fields of a class are none, and an object of a foreign class cannot move. */
  #isData(value: unknown): value is object {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
    const { roots, isOwn } = this.#sources;
    if (roots.has(value)) return false;
    if (types.isArrayBufferView(value) || types.isArrayBuffer(value)) return true;
    const prototype = Object.getPrototypeOf(value) as object | null;
    return changeable.has(prototype) || isOwn(prototype as object);
  }

  #add(name: string, value: unknown): void {
    const queue: [string, unknown][] = [[name, value]];
    for (const [path, one] of queue) {
      if ((typeof one !== 'object' && typeof one !== 'function') || one === null) continue;
      if (this.#sources.roots.has(one) || this.#names.has(one)) continue;
      this.#byName.set(path, one);
      this.#names.set(one, path);
      if (!hasConstantsInside(one)) continue;
      for (const [key, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(one)))
        if (key !== 'prototype') queue.push([`${path}.${key}`, inner]);
    }
  }
}

function hasConstantsInside(value: object): boolean {
  return isClass(value) || isPlainObject(value) || Array.isArray(value);
}
