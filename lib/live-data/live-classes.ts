import type { LiveFieldFacts, LiveTypeFacts } from '../manifest/manifest.js';
import { shapeText } from '../manifest/shape-text.js';
import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';

/** A class whose instances are live data: constructible without arguments, done by `handle()`. */
export interface LiveClass {
  new (): object;
  /**
   * Given the fields of another shape, returns those of this one. `from` is the fingerprint of the shape that wrote
   * them, empty when the writer did not know it: a host makes data by name, without the class.
   */
  upcast?(fields: Record<string, unknown>, from: string): Record<string, unknown>;
}

/** A live type of one version: its class, and what the build knows of it. */
export interface LiveType {
  readonly name: string;
  readonly class: LiveClass;
  /** Fingerprint of the class's shape; `undefined` when the build's facts are not at hand. */
  readonly fingerprint: string | undefined;
  readonly fields: ReadonlyMap<string, LiveFieldFacts>;
}

/** The live types of one version: what live data is revived with. */
export class LiveClasses {
  readonly #byName = new Map<string, LiveType>();
  readonly #names = new Map<object, string>();
  readonly #table: ShapeTable;

  /** `table` is what the shapes in `facts` refer to. */
  constructor(
    classes: Readonly<Record<string, LiveClass>> = {},
    facts: readonly LiveTypeFacts[] = [],
    table: ShapeTable = {},
  ) {
    // Live types are named where they are held, and found here by name.
    this.#table = Object.fromEntries(Object.entries(table).filter(([name]) => !Object.hasOwn(classes, name)));
    for (const [name, liveClass] of Object.entries(classes)) {
      const known = facts.find((fact) => fact.name === name);
      const fields = new Map((known?.fields ?? []).map((field) => [field.name, field]));
      this.#byName.set(name, { name, class: liveClass, fingerprint: known?.fingerprint, fields });
      this.#names.set(liveClass.prototype as object, name);
    }
  }

  get(name: string): LiveType | undefined {
    return this.#byName.get(name);
  }

  /** The live type that a shape is of. */
  ofShape(shape: Shape): LiveType | undefined {
    return typeof shape === 'object' && shape.kind === 'ref' ? this.#byName.get(shape.name) : undefined;
  }

  /** Returns the shape of a declared type; a live type has none here. */
  resolve(shape: Shape): Exclude<Shape, { readonly kind: 'ref' }> {
    return resolveShape(shape, this.#table);
  }

  /** A shape as TypeScript: declared types are written out, live types named. */
  textOf(shape: Shape): string {
    return shapeText(shape, this.#table);
  }

  /** The live type that `instance` is of. A class that is not listed counts by its name, as in a host or a test. */
  nameOf(instance: object): string | undefined {
    const prototype = Object.getPrototypeOf(instance) as object | null;
    if (prototype === null || prototype === Object.prototype || prototype === Array.prototype)
      return undefined;
    const listed = this.#names.get(prototype);
    if (listed !== undefined || !Object.hasOwn(prototype, 'constructor')) return listed;
    const { name } = prototype.constructor;
    return /^live_/i.test(name) ? name : undefined;
  }
}
