/** Limits of one client's socket. */
export interface PeerLimits {
  readonly maxBufferedBytes: number;
}

/** Limits of all sockets of a plugin. */
export interface WebSocketLimits extends PeerLimits {
  readonly maxPayloadBytes: number;
}
