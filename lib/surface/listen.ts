/** Where a server is asked to listen: the parts of the platform's own options that say so. */
export interface ListenRequest {
  readonly port?: number;
  readonly host?: string;
  /** A Unix socket or a named pipe, instead of a port. */
  readonly path?: string;
  readonly backlog?: number;
  readonly ipv6Only?: boolean;
  /** Plain options of a TLS server: the host speaks TLS for it. */
  readonly tls?: Readonly<Record<string, unknown>>;
}

/** Where it listens, as `server.address()` says it. */
export type ListenAddress =
  | { readonly address: string; readonly family: string; readonly port: number }
  | string;
