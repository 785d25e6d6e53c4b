import type { ModuleFormat } from './module-format.js';

/** One of an app's own files, found by following its imports. */
export interface OwnModule {
  /** Absolute real path. */
  readonly path: string;
  readonly format: ModuleFormat;
  /** Own files that it imports by specifiers that Node alone could not resolve, by specifier. */
  readonly imports: Readonly<Record<string, string>>;
  /** Those that `require` finds elsewhere than `import`, as in a package with conditions. */
  readonly requires: Readonly<Record<string, string>>;
}
