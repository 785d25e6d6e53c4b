import type { LiveFieldFacts, LiveTypeFacts } from '../manifest/manifest.js';
import { shapeText } from '../manifest/shape-text.js';
import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';

/** A class whose instances are live data: it can be constructed without arguments, and `handle()` does the job. */
export interface LiveClass {
  new (): object;
  /**
   * Converts fields of another shape to this one. `from` is the fingerprint of the shape that wrote them; it is empty if the
   * writer did not have the class, like a host that makes data by name.
   */
  upcast?(fields: Record<string, unknown>, from: string): Record<string, unknown>;
}

/** A live type of one version: its class, and the build's facts about it. */
export interface LiveType {
  readonly name: string;
  readonly class: LiveClass;
  /** Fingerprint of the class's shape; `undefined` without the build's facts. */
  readonly fingerprint: string | undefined;
  readonly fields: ReadonlyMap<string, LiveFieldFacts>;
}

/** The live types of one version, with which live data is revived. */
export class LiveClasses {
  readonly #byName = new Map<string, LiveType>();
  readonly #names = new Map<object, string>();
  readonly #table: ShapeTable;

  /** `table` resolves the names in the shapes of `facts`. */
  constructor(
    classes: Readonly<Record<string, LiveClass>> = {},
    facts: readonly LiveTypeFacts[] = [],
    table: ShapeTable = {},
  ) {
    // Shapes refer to live types by name; they are found here.
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

  /** Returns the live type of a shape. */
  ofShape(shape: Shape): LiveType | undefined {
    return typeof shape === 'object' && shape.kind === 'ref' ? this.#byName.get(shape.name) : undefined;
  }

  /** Returns the shape of a declared type; a live type has none here. */
  resolve(shape: Shape): Exclude<Shape, { readonly kind: 'ref' }> {
    return resolveShape(shape, this.#table);
  }

  /** Returns a shape as TypeScript: declared types are expanded, live types are named. */
  textOf(shape: Shape): string {
    return shapeText(shape, this.#table);
  }

  /** Returns the live type of `instance`. A class that is not listed is identified by its name, as in a host or a test. */
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
