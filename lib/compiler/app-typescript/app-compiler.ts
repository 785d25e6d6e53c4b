import type { TypeRemark } from '../type-finding.js';

/** The program that a compiler checks. All paths have forward slashes. */
export interface AppProgram {
  /** Path of the configuration, which need not exist on disk. */
  readonly configPath: string;
  /** The configuration, as JSON. */
  readonly config: string;
  /** Files that are in memory only, by path. */
  readonly made: ReadonlyMap<string, string>;
  /**
   * Returns the text of a plugin's source as liveswap has parsed it: on disk, it may have been saved or deleted since. `undefined`
   * for all other files, which are read from disk.
   */
  readonly parsed: (path: string) => string | undefined;
}

/** A TypeScript other than liveswap's own, and the one program that it checks. */
export interface AppCompiler {
  /**
   * Updates the program.
   *
   * @param changed paths that were changed, added or deleted since the last time.
   */
  update(program: AppProgram, changed: ReadonlySet<string>): void;
  /** Returns the syntax errors of a file. */
  syntax(path: string): readonly TypeRemark[];
  /** Returns the type errors of a file. */
  semantics(path: string): readonly TypeRemark[];
  close(): void;
}
