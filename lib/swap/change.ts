import { isDeepStrictEqual } from 'node:util';
import type { Version } from '../version/version.js';
import { isSameData } from './load-data.js';
import type { OnReload } from './options.js';

/** A change of generation that is asked for. */
export type Change = LoadChange | RollbackChange;

/** To what is in the plugin folder when its turn comes. */
export interface LoadChange {
  readonly reason: 'load' | 'reload';
  /** What `onLoad` is given; `undefined` when none was said. */
  readonly data: unknown;
  readonly force: Force;
  readonly onReload: OnReload | undefined;
  readonly kept?: Kept;
}

/** To a release that was current before. */
export interface RollbackChange {
  readonly reason: 'rollback';
  /** A version that was given up: its bytes are not to come back. */
  readonly failed?: Version;
  readonly kept?: Kept;
}

/** Whether one reload does what both ask for. */
export function asksTheSame(left: LoadChange, right: LoadChange): boolean {
  return (
    left.reason === 'reload' &&
    right.reason === 'reload' &&
    left.onReload === right.onReload &&
    left.kept === right.kept &&
    isDeepStrictEqual(left.force, right.force) &&
    isSameData(left.data, right.data)
  );
}

/** `'drop'`: what the new versions keep begins anew. */
export type Kept = 'drop' | undefined;

/** The plugins that are started afresh without new bytes: all of them, or those that are named. */
export type Force = boolean | readonly string[];
