/**
 * Kept state on its way from one version to the next: one table for all objects that have the same kind, class and keys, one
 * column for each of their fields. Nothing in it is nested, so the platform clones it however deep the state is.
 */
export interface KeptImage {
  readonly roots: readonly RootImage[];
  readonly classes: readonly ClassImage[];
  readonly tables: readonly Table[];
  /** Number of objects; their ids are the numbers below it. */
  readonly count: number;
  /** A value that cannot move was left out: this is a rehearsal, and an open call may still remove the value. */
  readonly isPartial: boolean;
}

/** One name under which state is kept. */
export interface RootImage {
  readonly name: string;
  readonly id: number;
  /** The fields that `create` made, when it made an object. */
  readonly made: readonly string[];
  /** Fingerprint of the root's type; empty when the build did not know it. */
  readonly fingerprint: string;
}

/** Facts about a class, from the version that wrote the image. */
export interface ClassImage {
  /** `file#Class`. */
  readonly name: string;
  readonly declared: readonly string[];
  /** Fingerprint of the fields and their types; empty when they were not known. */
  readonly fingerprint: string;
}

/** Kind of an object beneath its class. */
export type Kind =
  | 'object'
  | 'null object'
  | 'array'
  /** An array with holes or extra fields: its content is its length. */
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
  /** The platform clones it as it is: a blob, shared memory. */
  | 'cloned'
  /** A constant or class of the plugin's own modules: the new module's own takes its place. */
  | 'constant';

/** Degree to which an object is closed: 0 open, 1 not extensible, 2 sealed, 3 frozen. */
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
  /** Primitives, and what the platform clones; a number where all are. */
  readonly values: readonly unknown[] | Float64Array;
  /** For each value: 0, or the id of an object plus one. `undefined` when there are none. */
  readonly references: Uint32Array | undefined;
}
