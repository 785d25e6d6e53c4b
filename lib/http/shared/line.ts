import { LiveswapError } from '../../core/errors.js';
import { Connection } from '../../sockets/host/connection.js';
import type { HostEnd } from '../../sockets/host/host-end.js';
import type { SocketEnd, SocketOptions } from '../../sockets/host/socket-end.js';
import type { Bytes, PeerFacts } from '../../sockets/protocol.js';
import type { Mount } from '../mounts.js';
import type { ConnectionLabel } from '../thread-options.js';

/** Events of a line that concern all lines of its socket. */
export interface LineEvents {
  /** Nothing on the line is in progress. */
  onIdle(line: Line): void;
  /** Returns whether output of its thread now belongs to the client. */
  answers(line: Line): boolean;
  /** The thread of the line has closed it while another line answers. */
  onGone(line: Line): void;
  /** The line can take more again. */
  onResumed(): void;
}

/** The path from one client to one of the plugins that share a port. Only one line of a client answers at a time. */
export class Line implements HostEnd {
  readonly mount: Mount;
  readonly connection: Connection;
  readonly #events: LineEvents;
  readonly #socket: SocketEnd;

  constructor(
    events: LineEvents,
    mount: Mount,
    { socket, facts, options }: { socket: SocketEnd; facts: PeerFacts; options: SocketOptions },
  ) {
    this.mount = mount;
    this.#events = events;
    this.#socket = socket;
    const label: ConnectionLabel = { mount: mount.prefix, isParsed: false, isShared: true };
    this.connection = new Connection(this, { ...facts, label, comesWhole: true }, options);
  }

  write(bytes: Bytes, reuse: (bytes: Uint8Array) => void): boolean {
    // A thread that gets an idle line, and no request in time, closes the line.
    return this.#events.answers(this) ? this.#socket.write(bytes, reuse) : true;
  }

  idle(): void {
    this.#events.onIdle(this);
  }

  end(): void {
    if (this.#events.answers(this)) this.#socket.end();
    else this.#events.onGone(this);
  }

  close(reason: string | undefined): void {
    if (this.#events.answers(this)) this.#socket.close(reason);
    else this.#events.onGone(this);
  }

  refuse(cause: unknown): void {
    this.#socket.refuse(cause);
  }

  take(): void {
    this.refuse(new LiveswapError('INTERNAL', 'A thread has left a plain request to the host.'));
  }

  get unsentBytes(): number {
    return this.#socket.unsentBytes;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#events.onResumed();
  }
}
