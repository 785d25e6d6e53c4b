import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

import type { PublishOptions } from './plugin/publish.js';
import { checkTopic } from './websocket/check-control.js';
import type { Sent } from './websocket/notes.js';
import { sentOf } from './websocket/sent.js';

/** Dependencies of an {@link HttpServer}. */
export interface ServerDeps {
  readonly server: Server;
  readonly isEncrypted: boolean;
  publish(topic: string, sent: Sent, namespace?: string): void;
  /** Stops accepting; open requests and connections finish. */
  stop(): void;
  /** Cuts open requests and connections. */
  cut(): void;
}

/** A port on which plugins answer. */
export class HttpServer {
  /** The server of the platform. */
  readonly node: { readonly server: Server };
  readonly #deps: ServerDeps;
  readonly #address: AddressInfo;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  /** @internal A listening server. */
  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.node = { server: deps.server };
    this.#address = deps.server.address() as AddressInfo;
    deps.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#address.port;
  }

  /** The address that it listens on. */
  get hostname(): string {
    return this.#address.address;
  }

  /** Address for clients on this machine. */
  get url(): string {
    const { address, port } = this.#address;
    const isAny = address === '::' || address === '0.0.0.0';
    const host = address.includes(':') ? `[${address}]` : address;
    return `${this.#deps.isEncrypted ? 'https' : 'http'}://${isAny ? 'localhost' : host}:${port}/`;
  }

  /**
   * Sends to every WebSocket that has subscribed to `topic`, or only to those in one namespace.
   * @throws LiveswapError `OPTION_INVALID` when `topic` or `namespace` is not a string
   */
  publish(topic: string, data: unknown, options: PublishOptions = {}): void {
    const { namespace } = options;
    checkTopic(topic);
    if (namespace !== undefined) checkTopic(namespace, 'namespace');
    this.#deps.publish(topic, sentOf(data, options), namespace);
  }

  /** Stops listening and lets open requests and connections finish. Resolves when they have. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Stops listening and cuts open requests and connections. Idempotent. */
  async destroy(): Promise<void> {
    const closed = this.close();
    this.#deps.cut();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { server } = this.#deps;
    const closed = once(server, 'close');
    server.close();
    this.#deps.stop();
    await closed;
  }
}
