import { isObject } from '../core/is-object.js';
import { define } from './define.js';
import { empty } from './empty.js';
import type { ClassImage, Kind } from './image.js';
import type { FieldFault, KeptClass } from './kept-classes.js';

/** Kinds whose objects are filled once they exist. */
const fillable: ReadonlySet<Kind> = new Set(['object', 'array', 'map', 'set']);

/** A class as described in an image, and the same class in the version that reads the image. */
export class DecodedClass {
  readonly own: KeptClass;
  /** True when its shape has changed, as far as that is known. */
  readonly hasChanged: boolean;
  readonly #before: ReadonlySet<string>;
  readonly #now: ReadonlySet<string>;
  readonly #from: string;
  /** Instances whose fields are defaults, each for one object. */
  readonly #unshared: object[] = [];
  /** Instances with `#private` fields, to be filled. */
  readonly #instances: object[] = [];

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

  /** Returns where a field goes: an unknown field that was declared before is carried along unseen, others stay on the object. */
  placeOf(key: string, wasCarried: boolean): 'own' | 'carried' {
    if (!this.own.isKnown || this.#now.has(key)) return this.own.isKnown || !wasCarried ? 'own' : 'carried';
    return wasCarried || this.#before.has(key) ? 'carried' : 'own';
  }

  /**
   * Makes an instance for the defaults of each of `count` objects with these `keys`, if a default is an object: the objects must
   * not share it. Throws what the constructor throws.
   */
  makeDefaults(count: number, keys: readonly string[]): void {
    // The fields that an upcast leaves out are not known yet.
    if (!this.#hasObjectIn(this.#newFields(this.upcasts ? [] : keys))) return;
    for (let made = 0; made < count; made++) this.#unshared.push(new this.own.type());
  }

  /** Gives fields that are new in the class their defaults, but those that `create` made for a root stay. */
  addDefaults(object: object, filled: readonly string[], created?: ReadonlyMap<string, unknown>): void {
    const news = this.#newFields(filled);
    if (news.length === 0) return;
    const instance = this.#hasObjectIn(news) ? this.#unshared.pop() : this.own.template;
    const source = instance as Record<string, unknown>;
    for (const key of news) define(object, key, created?.has(key) ? created.get(key) : source[key]);
  }

  /**
   * Makes instances where the class has `#private` fields, which only its constructor can give them. Throws what the constructor
   * throws.
   */
  makeInstances(count: number, kind: Kind): void {
    const { type, privates } = this.own;
    if (privates.length === 0) return;
    for (let made = 0; made < count; made++) {
      if (type.length > 0) throw new TypeError('it takes arguments');
      if (!fillable.has(kind)) throw new TypeError('it extends a class whose instances cannot be filled');
      const instance = new type();
      empty(instance);
      this.#instances.push(instance);
    }
  }

  /** Returns one of the instances that were made; `undefined` where the class needs none. */
  takeInstance(): object | undefined {
    return this.#instances.pop();
  }

  /**
   * Fills `object` with the result of the class's own upcast. Returns the fields that the class does not know and that are
   * carried along: those that were `carried` already, and those that the upcast passed on.
   */
  upcastInto(
    object: object,
    before: Record<string, unknown>,
    carried: ReadonlySet<string>,
    created?: ReadonlyMap<string, unknown>,
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
    this.addDefaults(object, Object.keys(fields), created);
    return unseen;
  }

  /** Returns the fault of the first field that is not of its type. */
  faultOf(object: object): FieldFault | undefined {
    for (const key of this.#now) {
      const value = (object as Record<string, unknown>)[key];
      const fault = this.own.checkOf(key)?.(value);
      if (fault) return { ...fault, path: `.${key}${fault.path}` };
    }
    return undefined;
  }

  #hasObjectIn(keys: readonly string[]): boolean {
    const template = this.own.template as Record<string, unknown> | undefined;
    return keys.some((key) => isObject(template?.[key]));
  }

  #newFields(filled: readonly string[]): string[] {
    const { template } = this.own;
    return template
      ? Object.keys(template).filter((key) => !filled.includes(key) && !this.#before.has(key))
      : [];
  }
}
