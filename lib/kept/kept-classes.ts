import { Constants } from './constants.js';
import { isClass, type KeptConstructor } from './kept-constructor.js';
import { privateNames } from './private-names.js';

/** Returns the error in the value of a field; `undefined` when there is none. */
export type FieldCheck = (value: unknown) => FieldFault | undefined;

/** A value of the wrong type; `path` leads to it from the field. */
export interface FieldFault {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** Facts of the build about a class or root. */
export interface ShapeFacts {
  readonly fields: ReadonlyMap<string, FieldCheck>;
  readonly fingerprint: string;
}

/** Facts of the build about a class. */
export interface KeptClassFacts extends ShapeFacts {
  /** `file#Class`. */
  readonly name: string;
  /** Former names of the class. */
  readonly was: readonly string[];
}

/** Names that a version needs to move its state. */
export interface OwnNames {
  /** Constants and classes of the plugin's own modules, by `file#NAME`. */
  readonly symbols: ReadonlyMap<string, unknown>;
  /** Classes of packages, by `package#Class`. */
  readonly registered: ReadonlyMap<string, KeptConstructor>;
  readonly facts: readonly KeptClassFacts[];
  /** Kept state does not count as a constant, although a constant names it. */
  readonly roots: ReadonlySet<object>;
}

/** One class of a version. */
export class KeptClass {
  readonly name: string;
  readonly type: KeptConstructor;
  readonly fingerprint: string;
  readonly #facts: KeptClassFacts | undefined;
  #privates: readonly string[] | undefined;
  #template: { readonly instance: object | undefined } | undefined;

  constructor(name: string, type: KeptConstructor, facts: KeptClassFacts | undefined) {
    this.name = name;
    this.type = type;
    this.fingerprint = facts?.fingerprint ?? '';
    this.#facts = facts;
  }

  /** The fields that an instance has, as far as that is known. */
  get declared(): readonly string[] {
    // If the build knows the fields, no constructor has to run in a version whose state is only read.
    return [...(this.#facts?.fields.keys() ?? Object.keys(this.template ?? {}))];
  }

  /** True when the fields of the class are known, so that a field can be recognised as unknown. */
  get isKnown(): boolean {
    return this.#facts !== undefined || this.template !== undefined;
  }

  /** The `#private` names of the class. */
  get privates(): readonly string[] {
    this.#privates ??= privateNames(this.type);
    return this.#privates;
  }

  /** The `#private` names whose values would be lost unnoticed: none where the class has an upcast, which takes care of them. */
  get hidden(): readonly string[] {
    return typeof this.type.upcast === 'function' ? [] : this.privates;
  }

  checkOf(field: string): FieldCheck | undefined {
    return this.#facts?.fields.get(field);
  }

  /** An instance as its constructor leaves it; `undefined` when the class needs arguments, or throws without. */
  get template(): object | undefined {
    this.#template ??= { instance: instanceOf(this.type) };
    return this.#template.instance;
  }
}

function instanceOf(type: KeptConstructor): object | undefined {
  if (type.length > 0) return undefined;
  try {
    return new type();
  } catch {
    // A class whose constructor needs arguments has no known defaults.
    return undefined;
  }
}

/** The classes of one version, looked up by name and by prototype, and its constants. */
export class KeptClasses {
  readonly constants: Constants;
  readonly #byName = new Map<string, KeptClass>();
  readonly #byPrototype = new Map<object, KeptClass>();

  constructor({ symbols, registered, facts, roots }: OwnNames) {
    const factsByName = new Map(facts.map((one) => [one.name, one]));
    for (const [name, value] of [...registered, ...symbols]) {
      if (isClass(value)) this.#addClass(name, value, factsByName.get(name));
    }
    for (const { name, was } of facts) {
      const known = this.#byName.get(name);
      for (const old of known ? was : [])
        if (!this.#byName.has(old)) this.#byName.set(old, known as KeptClass);
    }
    const isOwn = (prototype: object): boolean => this.#byPrototype.has(prototype);
    this.constants = new Constants({ symbols, roots, isOwn });
  }

  /** Finds a class by its present name or a former one. */
  get(name: string): KeptClass | undefined {
    return this.#byName.get(name);
  }

  ofPrototype(prototype: object): KeptClass | undefined {
    return this.#byPrototype.get(prototype);
  }

  #addClass(name: string, type: KeptConstructor, facts: KeptClassFacts | undefined): void {
    const known = new KeptClass(name, type, facts);
    this.#byName.set(name, known);
    if (!this.#byPrototype.has(type.prototype)) this.#byPrototype.set(type.prototype, known);
  }
}
