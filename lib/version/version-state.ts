import type { LiveswapError } from '../core/errors.js';
import { createStateMachine, type Moves, type StateMachine } from '../core/state-machine.js';

/** State in the life of a version. */
export type VersionState =
  /** The threads come up and the hooks run. */
  | { readonly kind: 'starting' }
  /** Every thread is up; the version's generation is not current yet. */
  | { readonly kind: 'ready' }
  /** A generation or a pin holds the version. */
  | { readonly kind: 'active' }
  /** Nothing holds the version any more; pending work finishes. `since` is in milliseconds since the epoch. */
  | { readonly kind: 'draining'; readonly since: number }
  /** The version was freed; its threads are gone. */
  | { readonly kind: 'retired' }
  /** The version did not start, or crash-looped: its calls are refused until one of its threads is up again. */
  | { readonly kind: 'failed'; readonly error: LiveswapError };

/** The legal moves of a version. */
export const versionMoves: Moves<VersionState['kind']> = {
  starting: ['ready', 'failed'],
  ready: ['active', 'failed'],
  active: ['draining', 'failed'],
  draining: ['retired'],
  failed: ['active', 'retired'],
  retired: [],
};

/** Creates the life of one version, which begins as `starting`. */
export function createVersionLife(
  subject: string,
  onMove: (next: VersionState, previous: VersionState) => void,
): StateMachine<VersionState> {
  return createStateMachine<VersionState>(subject, versionMoves, { kind: 'starting' }, onMove);
}

/** Returns the moves from a state to `retired`, for a version that is ended because of `cause`. */
export function wayOut(from: VersionState['kind'], cause: LiveswapError): VersionState[] {
  const retired: VersionState = { kind: 'retired' };
  if (from === 'starting' || from === 'ready') return [{ kind: 'failed', error: cause }, retired];
  if (from === 'active') return [{ kind: 'draining', since: Date.now() }, retired];
  return from === 'retired' ? [] : [retired];
}
