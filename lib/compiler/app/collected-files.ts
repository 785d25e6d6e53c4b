import type { CarriedFile } from '../../manifest/files-block.js';
import type { OwnModule } from './own-module.js';

/** The files of an app. */
export interface AppFiles {
  /** Absolute path of the folder that all of it is in. */
  readonly root: string;
  /** The entry, relative to the root, with forward slashes. */
  readonly entry: string;
  readonly carried: readonly CarriedFile[];
  /** Facts that a thread needs about each file. */
  readonly table: readonly AppFile[];
  /** Folders that were taken whole, relative to the root. */
  readonly folders: readonly string[];
  /** Other files that the app may need, for people. */
  readonly remarks: readonly string[];
}

/** One file of an app; see `FrozenFile`, which reads it. */
export interface AppFile {
  readonly path: string;
  readonly format?: OwnModule['format'];
  readonly code?: string;
  readonly imports?: Readonly<Record<string, string>>;
}
