import { isObject } from '../core/is-object.js';
import type { ClassImage } from './image.js';
import type { FieldFault, KeptClass } from './kept-classes.js';
import { define } from './define.js';

/** A class as described in an image, and the same class in the version that reads the image. */
export class DecodedClass {
  readonly own: KeptClass;
  /** True when its shape has changed, as far as that is known. */
  readonly hasChanged: boolean;
  readonly #before: ReadonlySet<string>;
  readonly #now: ReadonlySet<string>;
  readonly #from: string;

  constructor(before: ClassImage, own: KeptClass) {
    this.own = own;
    this.hasChanged = own.fingerprint === '' || own.fingerprint !== before.fingerprint;
    this.#before = new Set(before.declared);
    this.#now = new Set(own.declared);
    this.#from = before.fingerprint;
  }

  get upcasts(): boolean {
    return this.hasChanged && typeof this.own.type.upcast === 'function';
  }

  /** An unknown field that was declared before is carried along unseen; other fields stay on the object. */
  placeOf(key: string, wasCarried: boolean): 'own' | 'carried' {
    if (!this.own.isKnown || this.#now.has(key)) return this.own.isKnown || !wasCarried ? 'own' : 'carried';
    return wasCarried || this.#before.has(key) ? 'carried' : 'own';
  }

  /** Gives fields that are new in the class their defaults. */
  addDefaults(object: object, filled: readonly string[]): void {
    const news = this.#newFields(filled);
    if (news.length === 0) return;
    const { template } = this.own;
    // A default object must not be shared between instances.
    const isShared = news.some((key) => isObject((template as Record<string, unknown>)[key]));
    const source = (isShared ? this.own.construct() : template) as Record<string, unknown>;
    for (const key of news) define(object, key, source[key]);
  }

  /**
   * Fills `object` with the result of the class's own upcast. Returns the fields that the class does not know and that are
   * carried along: those that were `carried` already, and those that the upcast passed on.
   */
  upcastInto(
    object: object,
    before: Record<string, unknown>,
    carried: ReadonlySet<string>,
  ): ReadonlyMap<string, unknown> {
    const fields: unknown = this.own.type.upcast?.(before, this.#from);
    if (!isObject(fields))
      throw new TypeError(`it returned ${fields === null ? 'null' : typeof fields}, not an object of fields`);
    const unseen = new Map(Array.from(carried, (key): [string, unknown] => [key, before[key]]));
    for (const [key, value] of Object.entries(fields)) {
      if (this.placeOf(key, carried.has(key)) === 'carried') unseen.set(key, value);
      else {
        unseen.delete(key);
        define(object, key, value);
      }
    }
    this.addDefaults(object, Object.keys(fields));
    return unseen;
  }

  /** The first field that is not of its type. */
  faultOf(object: object): FieldFault | undefined {
    for (const key of this.#now) {
      const value = (object as Record<string, unknown>)[key];
      const fault = this.own.checkOf(key)?.(value);
      if (fault) return { ...fault, path: `.${key}${fault.path}` };
    }
    return undefined;
  }

  #newFields(filled: readonly string[]): string[] {
    const { template } = this.own;
    return template
      ? Object.keys(template).filter((key) => !filled.includes(key) && !this.#before.has(key))
      : [];
  }
}
