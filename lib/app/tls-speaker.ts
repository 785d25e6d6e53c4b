import type { Socket } from 'node:net';
import type { SecureContext, Server, TlsOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { createHalfOpenTlsServer } from '../sockets/host/half-open-tls.js';
import type { TlsRequest } from '../surface/listen.js';

/** Dependencies of a {@link TlsSpeaker}. */
export interface TlsSpeakerDeps {
  /** Receives each connection when it can be read in clear text. */
  readonly take: (socket: Socket) => void;
  /** Finds the context for a name, where the server chooses one. */
  readonly contextFor: (servername: string) => Promise<SecureContext | undefined>;
  /** Called for each peer whose TLS handshake failed. */
  readonly onFailed: (error: Error, socket: Socket) => void;
}

/** Speaks TLS on connections of a server of the app; for a server without TLS, it passes them on unchanged. */
export class TlsSpeaker {
  readonly #deps: TlsSpeakerDeps;
  #spoken: TlsRequest | undefined;
  #server: Server | undefined;

  constructor(deps: TlsSpeakerDeps) {
    this.#deps = deps;
  }

  /**
   * Applies the settings in `request` to new connections; without settings, they are in clear text. Equal settings keep the
   * sessions that peers resume.
   */
  speak(request: TlsRequest | undefined): void {
    if (isDeepStrictEqual(request, this.#spoken)) return;
    this.#spoken = request;
    this.#server = request && this.#serverFor(request);
  }

  accept(socket: Socket): void {
    // The TLS server never listens itself, but receives each connection.
    if (this.#server) this.#server.emit('connection', socket);
    else this.#deps.take(socket);
  }

  #serverFor({ options, choosesByName }: TlsRequest): Server {
    const { take, contextFor, onFailed } = this.#deps;
    const settings: TlsOptions = {
      ...options,
      ...(choosesByName && {
        SNICallback: (servername, done) => {
          contextFor(servername).then(
            (context) => done(null, context),
            (error: Error) => done(error),
          );
        },
      }),
    };
    // The addresses of the peer are gone once its connection is destroyed.
    return createHalfOpenTlsServer(settings, take).prependListener('tlsClientError', onFailed);
  }
}
