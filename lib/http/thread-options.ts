import type { ServerOptions } from 'node:http';
import type { Statuses } from './statuses.js';

/** Addresses of proxies that are believed: all, those of this machine, or the listed ones. As in srvx. */
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
  /** The prefix that was taken off. */
  readonly mount: string;
  /** True when the host has parsed the requests: it has time-outs of its own. */
  readonly isParsed: boolean;
  /** True when the client has connections to other plugins by the same socket: the host decides how long that one is kept. */
  readonly isShared?: boolean;
}
