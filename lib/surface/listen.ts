/** Address at which a server asks to listen: the parts of the platform's options that state it. */
export interface ListenRequest {
  readonly port?: number;
  readonly host?: string;
  /** A Unix socket or a named pipe, instead of a port. */
  readonly path?: string;
  /** Whether other users may read from, or write to, the Unix socket. */
  readonly readableAll?: boolean;
  readonly writableAll?: boolean;
  readonly backlog?: number;
  readonly ipv6Only?: boolean;
  /** Whether other processes may listen there, too. */
  readonly reusePort?: boolean;
  /** The protocol of the server. */
  readonly scheme?: 'http' | 'https' | 'tcp' | 'tls';
  /** The line of the app that called `listen`, as `file:line:column`; missing where a package did later. */
  readonly calledAt?: string;
  /** Set for a TLS server: the host speaks TLS for it. */
  readonly tls?: TlsRequest;
}

/** A TLS server, as the host speaks for it. */
export interface TlsRequest {
  /** Its plain options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True when the server must be asked for the context of each name that a peer requests. */
  readonly choosesByName: boolean;
}

/** Options of a TLS context; the number is unique in its thread. */
export interface ContextFacts {
  readonly id: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Address at which it listens, in the form of `server.address()`. */
export type ListenAddress =
  | { readonly address: string; readonly family: string; readonly port: number }
  | string;
