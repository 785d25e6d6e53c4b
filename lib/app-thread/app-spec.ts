import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Adapter } from '../adapters/adapter.js';
import type { FrozenFile } from './frozen-files.js';

/** Facts about an app, from its artifact. */
export interface AppSpec {
  /** URL of the running copy: the files lie beside it. */
  readonly url: string;
  /** The entry, relative to the app's root, and the arguments in `process.argv` after it. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly files: readonly FrozenFile[];
  readonly folders: readonly string[];
  /** The app's own adapters, and the packages whose built-in adapters it does not use. */
  readonly adapters: readonly Adapter[];
  readonly noAdapters: readonly string[];
  /** Set to preserve the data of packages that keep it in memory. */
  readonly stores: 'auto' | undefined;
  /** Set if requests wait while a version hands over; `'start'` if the previous version ends before this one begins. */
  readonly exclusive: boolean | 'start';
}

/** Returns the folder of the files that lie beside a running copy, of which `url` is given. */
export function filesBeside(url: string): string {
  return join(dirname(fileURLToPath(url)), 'files');
}
