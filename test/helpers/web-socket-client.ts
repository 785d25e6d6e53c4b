import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';

/** A client that keeps what it is sent. */
export class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #messages: string[] = [];
  #waiting: (() => void) | undefined;

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), protocols, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.#messages.push(isBinary ? `bytes ${[...data].join(' ')}` : data.toString());
      this.#waiting?.();
    });
    this.closed = new Promise((resolve) => this.socket.once('close', (code) => resolve(code)));
    this.socket.on('error', () => {});
    onTestFinished(() => this.socket.terminate());
  }

  static async open(url: string, protocols?: string[], options?: ClientOptions): Promise<Client> {
    const client = new Client(url, protocols, options);
    await once(client.socket, 'open');
    return client;
  }

  async next(): Promise<string> {
    while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.#messages.shift() as string;
  }

  async ask(text: string): Promise<string> {
    this.socket.send(text);
    return this.next();
  }
}

/** One frame of a WebSocket, as a client ought to send it, or as it ought not to. */
export interface RawFrame {
  /** The first byte: 0x81 is a text that is whole. */
  readonly head: number;
  readonly payload: Buffer;
  readonly isMasked?: boolean;
}

/** A client that sends whatever bytes it is told to. */
export class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => (this.#received = Buffer.concat([this.#received, bytes])));
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }

  /** Asks to be let in, and does not wait for the answer. */
  static async ask(url: string): Promise<RawClient> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    return client;
  }

  static async open(url: string): Promise<RawClient> {
    const client = await RawClient.ask(url);
    while (!client.#received.includes('\r\n\r\n')) await once(client.#socket, 'data');
    client.#received = client.#received.subarray(client.#received.indexOf('\r\n\r\n') + 4);
    return client;
  }

  send({ head, payload, isMasked = true }: RawFrame): void {
    const { length } = payload;
    const size = length < 126 ? [length] : [126, length >> 8, length & 255];
    if (isMasked) size[0]! |= 128;
    // A mask of zeros leaves the payload as it is.
    this.#socket.write(
      Buffer.concat([Buffer.from([head, ...size]), Buffer.alloc(isMasked ? 4 : 0), payload]),
    );
  }

  /** Goes without a word. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Lets what the server sends pile up. */
  pause(): void {
    this.#socket.pause();
  }

  /** The code of the close frame that the server ends with. */
  async closeCode(): Promise<number | undefined> {
    if (!this.#socket.readableEnded) await once(this.#socket, 'close');
    for (let at = 0; at + 1 < this.#received.length;) {
      const [head, length] = [this.#received[at]!, this.#received[at + 1]!];
      if ((head & 15) === 8) return this.#received.readUInt16BE(at + 2);
      at += 2 + length;
    }
    return undefined;
  }
}
