import type { FenceNote } from '../sockets/protocol.js';
import type { FromThread, HookName } from './websocket/notes.js';

/** Requests of a thread, which it reports to the host once in each turn of the event loop. */
export interface RequestsNote {
  readonly kind: 'requests';
  /** For each request that has begun and not ended in this turn: its number, then its name. */
  readonly begun: readonly (number | string)[];
  /**
   * For each request that has ended, in turn: its number, its milliseconds, and 1 if it failed. The host does not know those that
   * also began in this turn. One flat array is cloned faster than one for each request.
   */
  readonly ended: readonly number[];
}

/** The first note of a thread: its abilities. */
export interface ServesNote {
  readonly kind: 'serves';
  /** The hooks of its WebSockets; none when it refuses upgrades. */
  readonly hooks: readonly HookName[] | undefined;
}

/** Everything that a thread sends to the host besides bytes. */
export type ThreadNote = RequestsNote | ServesNote | FenceNote | FromThread;
