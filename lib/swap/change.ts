import { isDeepStrictEqual } from 'node:util';
import type { Version } from '../version/version.js';
import { isSameData } from './load-data.js';
import type { OnReload } from './options.js';

/** A requested change of generation. */
export type Change = LoadChange | RollbackChange;

/** A change to the contents of the plugin folder at the time the change runs. */
export interface LoadChange {
  readonly reason: 'load' | 'reload';
  /** Data for `onLoad`; `undefined` when the caller passed none. */
  readonly data: unknown;
  readonly force: Force;
  readonly onReload: OnReload | undefined;
  readonly kept?: Kept;
  /** The change in one of whose hooks this one was requested. */
  readonly within?: Promise<unknown> | undefined;
}

/** A change to a release that was current before. */
export interface RollbackChange {
  readonly reason: 'rollback';
  /** A version that was given up: the rollback must not bring its bytes back. */
  readonly failed?: Version;
  readonly kept?: Kept;
}

/** Returns true when one reload satisfies both requests. */
export function asksTheSame(left: LoadChange, right: LoadChange): boolean {
  return (
    left.reason === 'reload' &&
    right.reason === 'reload' &&
    left.onReload === right.onReload &&
    left.kept === right.kept &&
    left.within === right.within &&
    isDeepStrictEqual(left.force, right.force) &&
    isSameData(left.data, right.data)
  );
}

/** `'drop'`: state that the new versions keep is created anew. */
export type Kept = 'drop' | undefined;

/** Plugins that are restarted without new bytes: all of them, or those named. */
export type Force = boolean | readonly string[];
