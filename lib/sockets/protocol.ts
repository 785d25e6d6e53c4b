import type { PeerAddresses } from '../core/peer-addresses.js';

/**
 * Kinds of frames. `open`, `leave` and `spare` go to the thread; `left`, `returned`, `settled` and `keepAlive` come from it; the
 * others go both ways.
 */
export const Op = {
  open: 0,
  data: 1,
  end: 2,
  close: 3,
  acknowledge: 4,
  leave: 5,
  left: 6,
  returned: 7,
  settled: 8,
  note: 9,
  spare: 10,
  keepAlive: 11,
  progress: 12,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/** Bytes in transit: a few as a string with one character for each byte, many as a buffer that is moved. */
export type Bytes = string | Uint8Array;

/** Payload of each frame, beside the number of its connection. */
export interface Payloads {
  [Op.open]: PeerFacts;
  [Op.data]: Bytes;
  /** The sender has written its last byte. */
  [Op.end]: undefined;
  /**
   * The connection is gone: an error code of the platform such as `ECONNRESET`, or nothing if it was closed in an orderly way.
   */
  [Op.close]: string | undefined;
  /** Number of consumed bytes, which may be sent again in addition. */
  [Op.acknowledge]: number;
  /** The thread is asked to release the connection as soon as nothing on it is in progress. */
  [Op.leave]: undefined;
  [Op.left]: Departure;
  /** Bytes that arrived after the connection had left. */
  [Op.returned]: Bytes;
  /** Number of bytes received at a moment when nothing was in progress. */
  [Op.settled]: number;
  /** Other messages between the two ends, in order with the bytes. */
  [Op.note]: unknown;
  /** The memory of bytes that the host has written, for the next bytes. */
  [Op.spare]: ArrayBuffer;
  [Op.keepAlive]: KeepAlive;
  /** The thread asks whether the peer takes what was written, and the host answers. */
  [Op.progress]: boolean | undefined;
}

/** Goes both ways: the host sends it in order with the bytes, and the thread answers once it has read everything before it. */
export interface FenceNote {
  readonly kind: 'fence';
}

/** Whether the system probes an idle peer, which may be gone without a word, and after how many milliseconds. */
export interface KeepAlive {
  readonly enable: boolean;
  readonly initialDelay: number;
}

/** A thread releases a connection. */
export interface Departure {
  /** Number of bytes that had arrived, including `returned`; later ones come back in frames of their own. */
  readonly received: number;
  /** Bytes that it received and did not use. */
  readonly returned: readonly Bytes[];
  /** Set if the host must do something with the connection. Without a purpose, the connection moves to another thread. */
  readonly purpose?: unknown;
}

/** Facts about the other end of a connection, and how it got here. */
export interface PeerFacts extends PeerAddresses {
  readonly tls?: TlsFacts | undefined;
  /** True when the acceptor separates requests: no head arrives in part, nor with a part of the next one behind it. */
  readonly comesWhole?: boolean | undefined;
  /** True when the connection comes from another thread, which has answered requests on it. */
  readonly isKept?: boolean | undefined;
  /** Facts added by the acceptor of the connection. */
  readonly label?: unknown;
}

/** Facts about an encrypted connection. */
export interface TlsFacts {
  readonly protocol: string | null;
  readonly cipher: object;
  readonly servername: string | false | null;
  readonly alpnProtocol: string | false | null;
  readonly authorized: boolean;
  /** Why the peer's certificate was not accepted. */
  readonly authorizationError: unknown;
  readonly isSessionReused: boolean;
  /** The peer's certificate, plain, with those of its issuers; the last one is its own issuer. */
  readonly peerCertificate: object;
  /** Last messages of the handshake, by which other protocols are bound to the connection. */
  readonly finished: Uint8Array | undefined;
  readonly peerFinished: Uint8Array | undefined;
  readonly session: Uint8Array | undefined;
  readonly sharedSigalgs: readonly string[];
}

/** Number of bytes that may be in transit on one connection in one direction. */
export const WINDOW_BYTES = 256 * 1_024;

/** Number of consumed bytes that are acknowledged together. */
export const ACKNOWLEDGED_BYTES = 16 * 1_024;
