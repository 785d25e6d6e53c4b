/** A package as a server uses it: what a plugin does with it, and what comes of that. */
export interface PackageUse {
  /** Of the plugin: the package's, as far as a folder can have that name. */
  readonly name: string;
  /** JavaScript: exports an async `use`. */
  readonly code: string;
  /** The value that `use` resolves to. */
  readonly gives: unknown;
  /** A package that has to stay outside of the artifact. */
  readonly outside?: string;
}
