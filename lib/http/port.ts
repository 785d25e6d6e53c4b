import type { Server } from 'node:net';

/** A port for web apps, not open yet. */
export interface Port {
  readonly server: Server;
  /** Closes the connections that have asked for nothing, when the server accepts no more. */
  stop(): void;
}
