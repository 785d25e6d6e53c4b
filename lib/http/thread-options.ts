import type { ServerOptions } from 'node:http';

/** Addresses of proxies that are believed: all, those of this machine, or the listed ones. As in srvx. */
export type TrustProxy = boolean | 'loopback' | readonly string[];

/** What the thread's HTTP server is told; crosses as it is. */
export interface ThreadHttpOptions {
  /** Of `node:http`. */
  readonly server: ServerOptions;
  /** Milliseconds a request may take before it is answered with 504. */
  readonly timeoutMs: number | undefined;
  readonly maxBodyBytes: number;
  readonly trustProxy: TrustProxy;
}

/** What the host says of a connection when it gives it to a thread. */
export interface ConnectionLabel {
  /** The prefix that was taken off. */
  readonly mount: string;
  /** Whether the host has parsed what comes on it: it has time-outs of its own. */
  readonly isParsed: boolean;
}
