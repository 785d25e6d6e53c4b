/** A package as a server uses it: the code of a plugin, and its expected result. */
export interface PackageUse {
  /** Name of the plugin: the package's, as far as a folder can have that name. */
  readonly name: string;
  /** JavaScript that exports an async function `use`. */
  readonly code: string;
  /** The value that `use` resolves to. */
  readonly gives: unknown;
  /** Name of a package that has to stay outside of the artifact. */
  readonly outside?: string;
}
