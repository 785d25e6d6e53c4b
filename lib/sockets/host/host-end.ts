import type { Bytes } from '../protocol.js';

/** The host's end of a connection: a socket, or something that acts like one. */
export interface HostEnd {
  /** Takes bytes of the thread. Returns whether it has consumed them; if not, it calls `Connection.drained()` when it has. */
  write(bytes: Bytes): boolean;
  /** The thread has written its last byte. */
  end(): void;
  /** The connection is over: in order, or for a reason. */
  close(reason: string | undefined): void;
  /** Nobody will answer the request on this connection; no part of an answer has been written. */
  refuse(cause: unknown): void;
  /** The thread has left the connection to the host, for `purpose`; `bytes` are those that it received and did not use. */
  take(bytes: readonly Bytes[], purpose: unknown): void;
  /** Nothing of the connection is under way any more. */
  idle?(): void;
  /** Holds back what comes from the peer until {@link resume}. */
  pause(): void;
  resume(): void;
}
