import type { Bytes, KeepAlive } from '../protocol.js';

/** The host's end of a connection: a socket, or something that acts like one. */
export interface HostEnd {
  /**
   * Takes bytes from the thread. Returns whether they are consumed; if not, it later calls `Connection.drained()`. An end that
   * knows when nobody uses a buffer any more calls `reuse` with it.
   */
  write(bytes: Bytes, reuse: (bytes: Uint8Array) => void): boolean;
  /** The thread has written its last byte. */
  end(): void;
  /** The connection has ended: in an orderly way, or for a reason. */
  close(reason: string | undefined): void;
  /** Nobody will answer the request on this connection; no part of an answer has been written. */
  refuse(cause: unknown): void;
  /** The thread has left the connection to the host, for `purpose`; it received `bytes` but did not use them. */
  take(bytes: readonly Bytes[], purpose: unknown): void;
  /** Nothing on the connection is in progress any more. */
  idle?(): void;
  /** The server has said whether the system probes the peer. */
  keepAlive?(keepAlive: KeepAlive): void;
  /** Number of bytes that the peer has yet to take, as far as is known here. */
  readonly unsentBytes?: number;
  /** Pauses bytes from the peer until {@link resume}. */
  pause(): void;
  resume(): void;
}
