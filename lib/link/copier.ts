import { types } from 'node:util';
import { messageOf } from '../core/errors.js';
import { clone } from './clone.js';
import { isWholeView } from './is-data.js';
import { kindOf, liveDataBrand, nameOf } from './kinds.js';
import { entryStep, fieldStep, itemStep, keyStep, memberStep } from '../core/path-step.js';
import type { Path } from './path.js';

/** Decides about values that are not data. */
export interface CopyRules {
  /**
   * Returns the placeholder of `value`; `undefined` when it needs none, {@link omitted} when it is left out. `isTop` is true for
   * an argument or a result itself, where more kinds of values may stand than inside of one.
   */
  place(value: object, at: Path, isTop: boolean): object | typeof omitted | undefined;
  /** Handles a value that cannot cross because it is `what`: throws, or returns {@link omitted}. */
  refuse(at: Path, what: string): typeof omitted;
  /** Returns whether a value is moved instead of cloned: it is sent as it is. */
  isMoved(value: object): boolean;
}

/** Returned instead of a copy for a value that is left out. */
export const omitted = Symbol('omitted');

/**
 * Copies values as structured clone would see them, and replaces by placeholders the values that it would not carry. The copy
 * will still be cloned, so dates, buffers and the like are not copied here.
 */
export class Copier {
  /** The placeholders, once for each place where one stands. */
  readonly placed: object[] = [];
  readonly #rules: CopyRules;
  /** A value that occurs twice is one object in the copy, too. */
  readonly #copies = new Map<object, object>();
  readonly #standIns = new Set<object>();

  constructor(rules: CopyRules) {
    this.#rules = rules;
  }

  /** Returns whether a placeholder stands for `value` itself. */
  isPlaced(value: unknown): boolean {
    const copy = this.#copies.get(value as object);
    return copy !== undefined && this.#standIns.has(copy);
  }

  /** Returns the copy of `value`, or {@link omitted}. */
  copy(value: unknown, at: Path, isTop = false): unknown {
    if (typeof value === 'symbol') return this.#rules.refuse(at, 'a symbol');
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
    const known = this.#copies.get(value);
    if (known) {
      if (this.#standIns.has(known)) this.placed.push(known);
      return known;
    }
    if (types.isProxy(value)) return this.#rules.refuse(at, 'a Proxy');
    const standIn = this.#rules.place(value, at, isTop);
    if (standIn === omitted) return omitted;
    if (standIn) return this.#placeBy(value, standIn);
    if (typeof value === 'function') return this.#rules.refuse(at, 'a function');
    return this.#rules.isMoved(value) ? value : this.#copyObject(value, at);
  }

  #placeBy(value: object, standIn: object): object {
    this.#copies.set(value, standIn);
    this.#standIns.add(standIn);
    this.placed.push(standIn);
    return standIn;
  }

  #copyObject(value: object, at: Path): unknown {
    if (types.isMap(value)) return this.#copyMap(value, at);
    if (types.isSet(value)) return this.#copySet(value, at);
    if (Array.isArray(value)) return this.#copyArray(value, at);
    switch (kindOf(value)) {
      case 'record':
        return this.#copyRecord(value, at);
      case 'view':
        return this.#copyView(value as ArrayBufferView);
      case 'fields':
        return Object.keys(value).length > 0 ? this.#copyRecord(value, at) : this.#probe(value, at);
      case 'clones':
        return value;
      default:
        // Without a link, as in an error, live data arrives as its own fields, which are its wire form.
        return liveDataBrand in value ? this.#copyRecord(value, at) : this.#probe(value, at);
    }
  }

  #copyRecord(value: object, at: Path): unknown {
    const keys = Object.keys(value);
    if (keys.length === 0 && Symbol.asyncIterator in value)
      return this.#rules.refuse(at, 'an async iterable inside of a value');
    const copy = {};
    this.#copies.set(value, copy);
    this.#copyProperties(value, keys, copy, at);
    return copy;
  }

  #copyArray(value: readonly unknown[], at: Path): unknown {
    const copy: unknown[] = [];
    copy.length = value.length;
    this.#copies.set(value, copy);
    // Copies the items of a sparse list, and the other properties of any list.
    this.#copyProperties(value, Object.keys(value), copy, at);
    return copy;
  }

  #copyProperties(value: object, keys: readonly string[], copy: object, at: Path): void {
    const isList = Array.isArray(value);
    for (const key of keys) {
      const step = isList && /^\d+$/.test(key) ? itemStep(key) : fieldStep(key);
      const place = { parent: at, step };
      const part = this.#copyProperty(value, key, place);
      if (part === omitted) continue;
      // An own property of this name would set the prototype.
      if (key === '__proto__')
        Object.defineProperty(copy, key, {
          value: part,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      else (copy as Record<string, unknown>)[key] = part;
    }
  }

  #copyProperty(value: object, key: string, at: Path): unknown {
    let part: unknown;
    try {
      part = (value as Record<string, unknown>)[key];
    } catch (error) {
      return this.#rules.refuse(at, `a property that throws when it is read (${messageOf(error)})`);
    }
    return this.copy(part, at);
  }

  #copyMap(value: ReadonlyMap<unknown, unknown>, at: Path): unknown {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(value, copy);
    let index = 0;
    for (const [key, part] of value) {
      const newKey = this.copy(key, { parent: at, step: keyStep(index++) });
      const newPart = this.copy(part, { parent: at, step: entryStep(key) });
      if (newKey !== omitted && newPart !== omitted) copy.set(newKey, newPart);
    }
    return copy;
  }

  #copySet(value: ReadonlySet<unknown>, at: Path): unknown {
    const copy = new Set<unknown>();
    this.#copies.set(value, copy);
    let index = 0;
    for (const part of value) {
      const newPart = this.copy(part, { parent: at, step: memberStep(index++) });
      if (newPart !== omitted) copy.add(newPart);
    }
    return copy;
  }

  #copyView(view: ArrayBufferView): unknown {
    if (isWholeView(view) || this.#rules.isMoved(view.buffer)) return view;
    const copy = viewedBytes(view);
    this.#copies.set(view, copy);
    return copy;
  }

  /** Handles an object without fields: either the platform knows how to clone it, or it would arrive empty. */
  #probe(value: object, at: Path): unknown {
    const name = nameOf(value);
    try {
      const copy = clone(value);
      if (Object.getPrototypeOf(copy) !== Object.prototype) return value;
    } catch {
      return this.#rules.refuse(at, `a ${name} that cannot be cloned`);
    }
    return this.#rules.refuse(at, `a ${name} that would arrive empty`);
  }
}

/** Returns a view of the same type with a copy of its own bytes, without the rest of its buffer. */
function viewedBytes(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  const name = (view as Uint8Array)[Symbol.toStringTag] as string;
  const View = (globalThis as Record<string, unknown>)[name] as new (
    buffer: ArrayBufferLike,
  ) => ArrayBufferView;
  return new View(bytes);
}
