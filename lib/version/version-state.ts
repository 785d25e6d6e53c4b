import type { LiveswapError } from '../core/errors.js';
import { createStateMachine, type Moves, type StateMachine } from '../core/state-machine.js';

/** Where a version is in its life. */
export type VersionState =
  /** Its threads are coming up and its hooks are run. */
  | { readonly kind: 'starting' }
  /** Every thread is up; its generation is not current yet. */
  | { readonly kind: 'ready' }
  /** A generation or a pin holds it. */
  | { readonly kind: 'active' }
  /** Nobody holds it any more; what is pending finishes. `since` is in milliseconds since the epoch. */
  | { readonly kind: 'draining'; readonly since: number }
  /** Freed; its threads are gone. */
  | { readonly kind: 'retired' }
  /** It did not start, or crash-looped: its calls are refused, until a thread of it is up again. */
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

/** The life of one version, from `starting`. */
export function createVersionLife(
  subject: string,
  onMove: (next: VersionState, previous: VersionState) => void,
): StateMachine<VersionState> {
  return createStateMachine<VersionState>(subject, versionMoves, { kind: 'starting' }, onMove);
}

/** The moves from a state to `retired`, for a version that is ended because of `cause`. */
export function wayOut(from: VersionState['kind'], cause: LiveswapError): VersionState[] {
  const retired: VersionState = { kind: 'retired' };
  if (from === 'starting' || from === 'ready') return [{ kind: 'failed', error: cause }, retired];
  if (from === 'active') return [{ kind: 'draining', since: Date.now() }, retired];
  return from === 'retired' ? [] : [retired];
}
