import type { ServerOptions } from 'node:http';
import type { Statuses } from './statuses.js';

/** Addresses of trusted proxies: all, those of this machine, or the listed ones. As in srvx. */
export type TrustProxy = boolean | 'loopback' | readonly string[];

/** Settings for the thread's HTTP server, sent as they are. */
export interface ThreadHttpOptions {
  /** Options of `node:http`. */
  readonly server: ServerOptions;
  /** Milliseconds a request may take before it is answered with 504. */
  readonly timeoutMs: number | undefined;
  readonly maxBodyBytes: number;
  readonly trustProxy: TrustProxy;
  readonly statuses: Statuses;
}

/** Facts about a connection that the host gives to a thread. */
export interface ConnectionLabel {
  /** The prefix that was removed. */
  readonly mount: string;
  /** True when the host has parsed the requests and applies its own time-outs. */
  readonly isParsed: boolean;
  /** True when the client reaches other plugins over the same socket, so that the host decides how long it is kept. */
  readonly isShared?: boolean;
}
