/**
 * Kept state on its way from one version to the next: one table for all objects of the same kind, class and keys, with one column
 * for each field. Nothing in it is nested, so the platform can clone it however deep the state is.
 */
export interface KeptImage {
  readonly roots: readonly RootImage[];
  readonly classes: readonly ClassImage[];
  readonly tables: readonly Table[];
  /** Number of objects; their ids are the numbers below this one. */
  readonly count: number;
  /** True when a value that cannot move was left out: this is a rehearsal, and an open call may still remove the value. */
  readonly isPartial: boolean;
}

/** One name under which state is kept. */
export interface RootImage {
  readonly name: string;
  readonly id: number;
  /** The names of the fields that `create` set, if it made an object. */
  readonly made: readonly string[];
  /** Fingerprint of the root's type; empty if the build did not know the type. */
  readonly fingerprint: string;
}

/** Facts about a class, from the version that wrote the image. */
export interface ClassImage {
  /** `file#Class`. */
  readonly name: string;
  readonly declared: readonly string[];
  /** Fingerprint of the fields and their types; empty if they were unknown. */
  readonly fingerprint: string;
}

/** Kind of an object beneath its class. */
export type Kind =
  | 'object'
  | 'null object'
  | 'array'
  /** An array with holes or extra fields; its content is its length. */
  | 'sparse array'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'error'
  | 'boxed'
  | 'url'
  | 'search params'
  | 'headers'
  | 'buffer'
  | 'view'
  | 'live data'
  /** An object that the platform clones as it is: a blob, shared memory. */
  | 'cloned'
  /** A constant or class of the plugin's own modules, replaced by that of the new module. */
  | 'constant';

/** How far an object is closed to changes: 0 open, 1 not extensible, 2 sealed, 3 frozen. */
export type Seal = 0 | 1 | 2 | 3;

/** All objects of one kind, class and set of keys. */
export interface Table {
  readonly kind: Kind;
  /** `file#Class`, the platform's name of a class, or the constant's name. */
  readonly class: string | undefined;
  readonly seal: Seal;
  /** Names of the fields; those from `carried` on are carried along unseen. */
  readonly keys: readonly string[];
  readonly carried: number;
  readonly ids: Uint32Array;
  /** A column for each of the keys. */
  readonly fields: readonly Column[];
  /** Contents of the objects beside their fields, one after the other. */
  readonly content: Column;
  /** End of each object's content. */
  readonly ends: Uint32Array;
}

/** Values of one field, or the content of one table. */
export interface Column {
  /** Primitives and values that the platform clones; a typed array where all are numbers. */
  readonly values: readonly unknown[] | Float64Array;
  /** For each value: 0, or the id of an object plus one. `undefined` when there are none. */
  readonly references: Uint32Array | undefined;
}
