import type { Socket } from 'node:net';
import { SMALL_BYTES } from '../../sockets/bytes.js';
import { factsOf, SocketEnd, type SocketOptions } from '../../sockets/host/socket-end.js';
import { mountFor, type Mount, type MountedTarget } from '../mounts.js';
import { Line, type LineEvents } from './line.js';
import { readPlainHead, type PlainHead } from './plain-head.js';

/** Dependencies of a {@link SharedSocket}. */
export interface SharedSocketDeps {
  readonly mounts: readonly Mount[];
  /** Milliseconds that a client may take until its first request. */
  readonly headersTimeout: number;
  /** Milliseconds that a connection is kept between two requests. */
  readonly keepAliveTimeout: number;
  /** Returns the options for connections to the plugin of a mount. */
  optionsFor(mount: Mount): SocketOptions;
  /** Gives the connection to the platform's parser, for good. */
  parse(socket: Socket): void;
  /** Called when the connection has sent a request, or is gone. */
  onBegun(shared: SharedSocket): void;
}

/** The platform's answer to a client that has sent no request in time. */
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * A client's connection on a port that several plugins share. As long as its requests have plain heads, only the heads are read
 * here, and the bytes of each request go to the thread of its plugin unchanged. With the first head that is not plain, the
 * connection goes to the platform's parser.
 */
export class SharedSocket implements LineEvents {
  readonly #socket: Socket;
  readonly #deps: SharedSocketDeps;
  /** A line to each plugin that has received a request. */
  readonly #lines = new Map<Mount, Line>();
  /** The line of the last request. */
  #asked: Line | undefined;
  /** Number of bytes of that request that are still to come. */
  #left = 0;
  /** Bytes of a request that must wait for the answer to the one before. */
  #waiting: Buffer | undefined;

  constructor(socket: Socket, deps: SharedSocketDeps) {
    this.#socket = socket;
    this.#deps = deps;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
    socket.setTimeout(deps.headersTimeout);
  }

  /** Closes a connection without a request. */
  close(): void {
    this.#socket.destroy();
  }

  /** Handles a line on which nothing is in progress any more. */
  onIdle(line: Line): void {
    const bytes = this.#waiting;
    if (!bytes || line !== this.#asked) return;
    this.#waiting = undefined;
    this.#socket.resume();
    this.#passAll(bytes);
  }

  /** Returns whether output of a line's thread now belongs to the client. */
  answers(line: Line): boolean {
    return line === this.#asked;
  }

  /** Handles a line that its thread has closed while another line answers. */
  onGone(line: Line): void {
    this.#lines.delete(line.mount);
    line.connection.closed();
  }

  /** Handles a line that can take more again. */
  onResumed(): void {
    if (!this.#waiting) this.#socket.resume();
  }

  readonly #listeners = {
    data: (bytes: Buffer) => {
      const all = this.#waiting ? Buffer.concat([this.#waiting, bytes]) : bytes;
      this.#waiting = undefined;
      this.#passAll(all);
    },
    end: () => (this.#asked ? this.#asked.connection.ended() : void this.#socket.end()),
    drain: () => {
      for (const { connection } of this.#lines.values()) connection.drained();
    },
    error: (error: NodeJS.ErrnoException) => this.#closeLines(error.code ?? 'ECONNRESET'),
    close: () => {
      this.#closeLines();
      this.#deps.onBegun(this);
    },
    timeout: () => this.#onTimeout(),
  };

  #passAll(bytes: Buffer): void {
    let rest: Buffer | undefined = bytes;
    // After its last answer, a client may have sent more.
    while (rest && rest.length > 0 && this.#socket.writable) rest = this.#pass(rest);
  }

  /** Passes on the next piece. Returns the rest, unless that must wait or is read elsewhere. */
  #pass(bytes: Buffer): Buffer | undefined {
    if (this.#left > 0) return this.#passBody(bytes);
    const head = readPlainHead(bytes);
    const found = head && mountFor(this.#deps.mounts, head.target);
    const isFree = !this.#asked || this.#asked.connection.isIdle;
    // Answers come in the order of the requests.
    if (!isFree && (!found || found.mount !== this.#asked?.mount)) return this.#wait(bytes);
    if (!found) return this.#parse(bytes);
    return this.#passRequest(bytes, head, found);
  }

  #passRequest(bytes: Buffer, head: PlainHead, { mount, target }: MountedTarget): Buffer {
    const { text, method, bodyLength } = head;
    const { connection } = (this.#asked = this.#lineOf(mount));
    const asked =
      target === head.target
        ? text
        : `${method} ${target}${text.slice(method.length + 1 + head.target.length)}`;
    const end = text.length + bodyLength;
    if (end <= bytes.length && end <= SMALL_BYTES) {
      connection.receivedBytes(bodyLength === 0 ? asked : asked + bytes.toString('latin1', text.length, end));
      return bytes.subarray(end);
    }
    this.#left = bodyLength;
    connection.receivedBytes(asked);
    return bytes.subarray(text.length);
  }

  #passBody(bytes: Buffer): Buffer {
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.length;
    this.#asked?.connection.received(piece);
    return bytes.subarray(piece.length);
  }

  #wait(bytes: Buffer): undefined {
    this.#waiting = bytes;
    this.#socket.pause();
  }

  #parse(bytes: Buffer): undefined {
    const socket = this.#socket;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.off(event, listener);
    this.#closeLines();
    this.#deps.onBegun(this);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(bytes);
    this.#deps.parse(socket);
    socket.resume();
  }

  #lineOf(mount: Mount): Line {
    const known = this.#lines.get(mount);
    if (known && !known.connection.isClosed) return known;
    if (this.#lines.size === 0) {
      this.#deps.onBegun(this);
      this.#socket.setTimeout(this.#deps.keepAliveTimeout);
    }
    const options = this.#deps.optionsFor(mount);
    const socket = new SocketEnd(this.#socket, { refusal: (cause) => options.refusal(cause) });
    const line = new Line(this, mount, { socket, options, facts: factsOf(this.#socket) });
    this.#lines.set(mount, line);
    return line;
  }

  #closeLines(code?: string): void {
    for (const { connection } of this.#lines.values()) connection.closed(code);
    this.#lines.clear();
  }

  #onTimeout(): void {
    if (!this.#asked) return void this.#socket.end(TIMED_OUT, () => this.#socket.destroy());
    const isIdle = this.#left === 0 && !this.#waiting && this.#asked.connection.isIdle;
    // A slow client has yet to take what waits for it.
    if (isIdle && this.#socket.writableLength === 0) this.#socket.destroy();
  }
}
