import type { CarriedFile } from '../../manifest/files-block.js';
import type { OwnModule } from './own-module.js';

/** The files of an app. */
export interface AppFiles {
  /** Absolute path of the folder that contains all files. */
  readonly root: string;
  /** Absolute path of the folder of the app's package. */
  readonly home: string;
  /** The entry, relative to the root, with forward slashes. */
  readonly entry: string;
  readonly carried: readonly CarriedFile[];
  /** Facts that a thread needs about each file. */
  readonly table: readonly AppFile[];
  /** Folders that were taken completely, relative to the root. */
  readonly folders: readonly string[];
  /** Warnings about other files that the app may need. */
  readonly remarks: readonly string[];
}

/** One file of an app, in the form that `FrozenFile` reads. */
export interface AppFile {
  readonly path: string;
  readonly format?: OwnModule['format'];
  readonly named?: true;
  readonly code?: string;
  readonly imports?: Readonly<Record<string, string>>;
  readonly requires?: Readonly<Record<string, string>>;
}
