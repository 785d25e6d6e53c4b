import type { Bytes } from '../protocol.js';
import type { Tunnel } from './tunnel.js';

/** Destination of a connection's bytes. */
export type ConnectionState =
  /** No destination yet: bytes wait. */
  | { readonly kind: 'waiting'; readonly bytes: Bytes[] }
  | { readonly kind: 'attached'; readonly tunnel: Tunnel; readonly id: number; readonly isLeaving: boolean }
  /** The thread has released the connection, and some of the bytes sent to the thread are on their way back. */
  | {
      readonly kind: 'collecting';
      readonly tunnel: Tunnel;
      readonly id: number;
      readonly bytes: Bytes[];
      /** The step that the host must take with the connection. */
      readonly purpose: unknown;
      /** Bytes that the peer has sent since. */
      readonly later: Bytes[];
      missing: number;
    }
  | { readonly kind: 'closed' };

/** Returns the number of bytes that the peer has sent and that have no destination yet. */
export function waitingBytes(state: ConnectionState): number {
  if (state.kind === 'waiting') return lengthOf(state.bytes);
  return state.kind === 'collecting' ? lengthOf(state.later) : 0;
}

/** Returns the number of bytes in all pieces. */
export function lengthOf(pieces: readonly Bytes[]): number {
  return pieces.reduce((total, { length }) => total + length, 0);
}
