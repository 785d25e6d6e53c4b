import type { ClassImage } from './image.js';

/** A class or constant that this version lacks: its data travels on unchanged. */
export type Unknown = { readonly class: ClassImage } | { readonly constant: string };

/**
 * State that a version holds for other versions without seeing it: fields that its classes do not know, and objects that only
 * such fields refer to.
 */
export class Carried {
  readonly #fields = new WeakMap<object, ReadonlyMap<string, unknown>>();
  readonly #unknown = new WeakMap<object, Unknown>();
  /** State under names that this version does not keep. */
  roots: ReadonlyMap<string, CarriedRoot> = new Map();

  fieldsOf(object: object): ReadonlyMap<string, unknown> | undefined {
    return this.#fields.get(object);
  }

  setFields(object: object, fields: ReadonlyMap<string, unknown>): void {
    this.#fields.set(object, fields);
  }

  unknown(object: object): Unknown | undefined {
    return this.#unknown.get(object);
  }

  setUnknown(object: object, unknown: Unknown): void {
    this.#unknown.set(object, unknown);
  }
}

/** State under a name that this version does not keep. */
export interface CarriedRoot {
  readonly state: object;
  readonly made: readonly string[];
  readonly fingerprint: string;
}
