import type { FunctionShape, Shape, ShapeTable } from './shape.js';

/** Incremented when the meaning of a manifest changes; a swapper refuses artifacts of another format. */
export const MANIFEST_FORMAT = 2;

/**
 * Facts about a plugin, stored in the first line of its artifact. Types are stored twice: as shapes, which are compared, and as
 * TypeScript, for people to read. File paths are relative to the plugin's folder, with forward slashes. Readers ignore unknown
 * keys.
 */
export interface Manifest {
  /** Format of the manifest itself. */
  readonly format: typeof MANIFEST_FORMAT;
  /** The plugin's name, which is that of its folder. */
  readonly name: string;
  /** Version of the rule set that this plugin passed; 0 when rules were not run. */
  readonly rules: number;
  /** The live functions of the plugin. */
  readonly liveFunctions: readonly LiveFunctionFacts[];
  /** The live types of the plugin. */
  readonly liveTypes: readonly LiveTypeFacts[];
  /** The plugins that it imports. */
  readonly imports: readonly ImportFacts[];
  /** Exported methods; `undefined` when they are known only at run time. */
  readonly exports?: readonly MethodFacts[];
  /** Names of `definePlugin({ functions })`; `undefined` when they are known only at run time. */
  readonly functions?: readonly MethodFacts[];
  /** True when only one version runs at a time; `kept` implies it. */
  readonly exclusive?: boolean;
  /** Places where the plugin's code calls live functions or names live types of any plugin; sorted by name, then by place. */
  readonly uses?: readonly UseFacts[];
  /** Uses whose name is known only at run time. */
  readonly unknownUses?: readonly PlaceFacts[];
  /** Live names removed in this release, with the reason: `definePlugin({ removed })`. */
  readonly removed?: Readonly<Record<string, string>>;
  /** State that is kept across releases; `undefined` when there is none. */
  readonly kept?: KeptFacts;
  /** Types that shapes refer to by name: declared types, types that refer to themselves, live types. */
  readonly types?: ShapeTable;
  /**
   * Location of the code among the files that the artifact carries: the plugin's folder, relative to the folder that holds them
   * all, with forward slashes; empty for that folder itself. `undefined` when it carries none.
   */
  readonly filesAt?: string;
  /** Facts about an app, from its artifact; `undefined` for a plugin. */
  readonly app?: AppFacts;
  /** SHA-256 of everything after the first line, in hexadecimal; it reveals truncation and tampering. */
  readonly bodyHash: string;
}

/** An existing server in an artifact. Its paths are relative to the app's root, which is another folder on each machine. */
export interface AppFacts {
  /** The file that starts it. */
  readonly entry: string;
  /** Hash of the lock file with which it was built; `undefined` when there was none. */
  readonly lock?: string;
  /** True when the version before has to end before this one is evaluated. */
  readonly startsAlone?: boolean;
}

/** State that a plugin keeps, and the classes in its own files. */
export interface KeptFacts {
  readonly roots: readonly KeptRootFacts[];
  readonly classes: readonly KeptClassFacts[];
  /** Types that its shapes refer to by name, except its own classes. */
  readonly types: ShapeTable;
}

/** State that is kept under a name. */
export interface KeptRootFacts {
  readonly name: string;
  readonly shape: Shape;
  /** Eight hexadecimal digits computed from its type. */
  readonly fingerprint: string;
}

/** A class whose instances can be kept. */
export interface KeptClassFacts {
  /** `file#Class`. */
  readonly name: string;
  readonly fields: readonly KeptFieldFacts[];
  /** Eight hexadecimal digits computed from names and types of the fields. */
  readonly fingerprint: string;
  /** Previous names: `@was`. */
  readonly was?: readonly string[];
}

export interface KeptFieldFacts {
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: boolean;
}

/** A live function: its name, location and signature. */
export interface LiveFunctionFacts {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The signature as a type, `(name: string) => Promise<string>`. */
  readonly signature: string;
  /** Types that callers rely on; the result is the type that a call resolves to. */
  readonly shape?: FunctionShape;
  /** Marked `@idempotent`: may be retried when its thread dies. */
  readonly idempotent: boolean;
  /** Marked `@readonly`: has no observable effect. */
  readonly readonly?: true;
  /** Marked `@affinity`: the argument, or a field in it, that determines the thread for a call. */
  readonly affinity?: AffinityFacts;
  /** Marked `@breaking`: the reason why this release may break users of the function. */
  readonly breaking?: string;
}

/** Location in the arguments of a call of the key that assigns calls to a thread. */
export interface AffinityFacts {
  readonly parameter: number;
  /** Names of nested fields, starting at the argument. */
  readonly path: readonly string[];
}

/** A location in the sources of a plugin. */
export interface PlaceFacts {
  readonly file: string;
  readonly line: number;
}

/** One place where code uses a live function or a live type. */
export interface UseFacts extends PlaceFacts {
  readonly name: string;
  /** Types of the arguments passed; `undefined` where they are unknown, or nothing is called. */
  readonly args?: readonly Shape[];
  /** Type that the code expects of the result, where it states one. */
  readonly result?: Shape;
}

/** A live type: a class whose instances outlive the code that created them. */
export interface LiveTypeFacts {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly fields: readonly LiveFieldFacts[];
  /** Eight hexadecimal digits computed from names and types of the fields: shapes with equal fingerprints are equal. */
  readonly fingerprint: string;
  /** True when the class has a `handle()` method. */
  readonly handles: boolean;
  /** True when the class has a `static upcast`, which converts fields of another shape. */
  readonly upcasts?: true;
  /** Marked `@breaking`: the reason why this release may break users of the type. */
  readonly breaking?: string;
}

/** One field of a live type. */
export interface LiveFieldFacts {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly optional: boolean;
  /** True when data without the field leaves it unset: neither a default nor the constructor fills it in. */
  readonly bare?: true;
}

/** A plugin that another one imports, and the methods that it needs. */
export interface ImportFacts {
  readonly plugin: string;
  /** The file with the import, for errors when it cannot be satisfied. */
  readonly file: string;
  readonly line: number;
  readonly methods: readonly MethodFacts[];
}

/** A method's name, and its signature as a type when the checker knows it. */
export interface MethodFacts {
  readonly name: string;
  /** Marked `@readonly`. */
  readonly readonly?: true;
  readonly signature?: string;
  readonly shape?: FunctionShape;
  /** Marked `@affinity`: the argument, or a field in it, that determines the thread for a call. */
  readonly affinity?: AffinityFacts;
  /** Marked `@breaking`: the reason why this release may break users of the method. */
  readonly breaking?: string;
}
