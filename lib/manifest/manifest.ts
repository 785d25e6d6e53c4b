import type { FunctionShape, Shape, ShapeTable } from './shape.js';

/** Raised when the meaning of a manifest changes; a swapper refuses artifacts of another format. */
export const MANIFEST_FORMAT = 2;

/**
 * The facts about a plugin that travel in the first line of its artifact. Types are there twice: as shapes, which decide, and as
 * TypeScript, which people read. Files are relative to the plugin's folder, with forward slashes. A reader ignores keys that
 * it does not know.
 */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  /** The plugin's name: that of its folder. */
  readonly name: string;
  /** Version of the rule set that passed this plugin; 0 when rules were not run. */
  readonly rules: number;
  readonly liveFunctions: readonly LiveFunctionFacts[];
  readonly liveTypes: readonly LiveTypeFacts[];
  readonly imports: readonly ImportFacts[];
  /** `undefined` when what is exported is only known when the plugin runs. */
  readonly exports?: readonly MethodFacts[];
  /** Names of `definePlugin({ functions })`; `undefined` when only known when the plugin runs. */
  readonly functions?: readonly MethodFacts[];
  /** Whether only one version runs at a time; `kept` implies it. */
  readonly exclusive?: boolean;
  /** Where code of the plugin calls live functions and names live types, of whatever plugin; by name, then by place. */
  readonly uses?: readonly UseFacts[];
  /** Uses whose name is only known when the plugin runs. */
  readonly unknownUses?: readonly PlaceFacts[];
  /** Live names that went with this release, and why that is right: `definePlugin({ removed })`. */
  readonly removed?: Readonly<Record<string, string>>;
  /** What is kept through releases; `undefined` when nothing is. */
  readonly kept?: KeptFacts;
  /** What shapes refer to by name: declared types, types that refer to themselves, live types. */
  readonly types?: ShapeTable;
  /**
   * Where the code stands among the files that the artifact carries: the folder of its plugin, from the folder that holds them
   * all, with forward slashes; empty for that folder itself. `undefined` when it carries none.
   */
  readonly filesAt?: string;
  /** SHA-256 of everything after the first line, in hexadecimal: how truncation and tampering are noticed. */
  readonly bodyHash: string;
}

/** What a plugin keeps, and the classes of its own files. */
export interface KeptFacts {
  readonly roots: readonly KeptRootFacts[];
  readonly classes: readonly KeptClassFacts[];
  /** What the shapes in it refer to by name, its own classes left out. */
  readonly types: ShapeTable;
}

/** State that is kept under a name. */
export interface KeptRootFacts {
  readonly name: string;
  readonly shape: Shape;
  /** Eight hexadecimal digits over its type. */
  readonly fingerprint: string;
}

/** A class whose instances can be kept. */
export interface KeptClassFacts {
  /** `file#Class`. */
  readonly name: string;
  readonly fields: readonly KeptFieldFacts[];
  /** Eight hexadecimal digits over names and types of the fields. */
  readonly fingerprint: string;
  /** Names that it had before: `@was`. */
  readonly was?: readonly string[];
}

export interface KeptFieldFacts {
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: boolean;
}

/** A live function: what it is called, where it is, what may cross. */
export interface LiveFunctionFacts {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The signature as a type, `(name: string) => Promise<string>`. */
  readonly signature: string;
  /** What callers rely on; its results are what a call resolves to. */
  readonly shape?: FunctionShape;
  /** Marked `@idempotent`: may be retried when its thread dies. */
  readonly idempotent: boolean;
  /** Marked `@readonly`: changes nothing that anyone could notice. */
  readonly readonly?: true;
  /** Marked `@affinity`: which argument, or what in it, says which thread takes a call. */
  readonly affinity?: AffinityFacts;
  /** Marked `@breaking`: the reason for which this release may break who uses it. */
  readonly breaking?: string;
}

/** Where in the arguments of a call the key is that calls go to one thread by. */
export interface AffinityFacts {
  readonly parameter: number;
  /** Names of fields, from the argument on. */
  readonly path: readonly string[];
}

/** Where something is in the sources of a plugin. */
export interface PlaceFacts {
  readonly file: string;
  readonly line: number;
}

/** One place where code uses a live function or a live type. */
export interface UseFacts extends PlaceFacts {
  readonly name: string;
  /** What a call passes; `undefined` where that is not known, or nothing is called. */
  readonly args?: readonly Shape[];
  /** What the code takes the result for, where it says so. */
  readonly result?: Shape;
}

/** A live type: a class whose instances outlive the code that made them. */
export interface LiveTypeFacts {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly fields: readonly LiveFieldFacts[];
  /** Eight hexadecimal digits over names and types of the fields: two shapes with one fingerprint are the same shape. */
  readonly fingerprint: string;
  /** Whether the class has a `handle()` method. */
  readonly handles: boolean;
  /** Whether the class has a `static upcast`, which converts fields of another shape. */
  readonly upcasts?: true;
  /** Marked `@breaking`: the reason for which this release may break who uses it. */
  readonly breaking?: string;
}

/** One field of a live type. */
export interface LiveFieldFacts {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly optional: boolean;
  /** Nothing fills it in data that has not got it: neither a default nor the constructor. */
  readonly bare?: true;
}

/** A plugin that another one imports, and what it needs of it. */
export interface ImportFacts {
  readonly plugin: string;
  /** The file that imports it: named when the import cannot be satisfied. */
  readonly file: string;
  readonly line: number;
  readonly methods: readonly MethodFacts[];
}

/** A method by name, and its signature as a type when the checker knows it. */
export interface MethodFacts {
  readonly name: string;
  /** Marked `@readonly`. */
  readonly readonly?: true;
  readonly signature?: string;
  readonly shape?: FunctionShape;
  /** Marked `@breaking`: the reason for which this release may break who uses it. */
  readonly breaking?: string;
}
