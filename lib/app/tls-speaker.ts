import type { Socket } from 'node:net';
import { createServer, type SecureContext, type Server, type TlsOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { TlsRequest } from '../surface/listen.js';

/** Speaks TLS on connections for a server of the app, and passes them on unchanged for a server without TLS. */
export class TlsSpeaker {
  readonly #take: (socket: Socket) => void;
  readonly #contextFor: (servername: string) => Promise<SecureContext | undefined>;
  #spoken: TlsRequest | undefined;
  #server: Server | undefined;

  /**
   * @param take given each connection when it can be read in clear.
   * @param contextFor finds the context for a name, where the server chooses one.
   */
  constructor(
    take: (socket: Socket) => void,
    contextFor: (servername: string) => Promise<SecureContext | undefined>,
  ) {
    this.#take = take;
    this.#contextFor = contextFor;
  }

  /** Applies `request` to new connections; without one they are in clear. Equal settings keep the sessions that peers resume. */
  speak(request: TlsRequest | undefined): void {
    if (isDeepStrictEqual(request, this.#spoken)) return;
    this.#spoken = request;
    this.#server = request && this.#serverFor(request);
  }

  accept(socket: Socket): void {
    // It never listens itself: it is given each connection.
    if (this.#server) this.#server.emit('connection', socket);
    else this.#take(socket);
  }

  #serverFor({ options, choosesByName }: TlsRequest): Server {
    const settings: TlsOptions = {
      ...options,
      allowHalfOpen: true,
      ...(choosesByName && {
        SNICallback: (servername, done) => {
          this.#contextFor(servername).then(
            (context) => done(null, context),
            (error: Error) => done(error),
          );
        },
      }),
    };
    return createServer(settings, this.#take);
  }
}
