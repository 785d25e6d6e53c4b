/** Address at which a server asks to listen: the parts of the platform's options that state it. */
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

/** Address at which it listens, in the form of `server.address()`. */
export type ListenAddress =
  | { readonly address: string; readonly family: string; readonly port: number }
  | string;
