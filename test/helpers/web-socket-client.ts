import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { readFrames, type Frame } from './web-socket-frames.js';

/** A client that keeps the messages it receives. */
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

/** A client that sends any bytes. */
export class RawClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  readonly #frames: Frame[] = [];
  #wake = (): void => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }

  /** Asks for the upgrade, and does not wait for the answer. */
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

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Resolves to the next frame of the server; to `undefined` when the connection has ended before. */
  async nextFrame(): Promise<Frame | undefined> {
    for (;;) {
      const { frames, rest } = readFrames(this.#received);
      this.#received = rest;
      this.#frames.push(...frames);
      const next = this.#frames.shift();
      if (next || this.#socket.closed) return next;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Closes the connection in this direction only. */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection, without a close frame. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
