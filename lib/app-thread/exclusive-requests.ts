import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { boundHost } from '../plugin/host-binding.js';
import type { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import type { HttpConnections } from '../sockets/thread/http-connections.js';
import type { TunnelEnd } from '../sockets/thread/tunnel-end.js';

/** Lets an exclusive version hand over between two requests: those that have begun are waited for, what comes later goes back to the host. */
export class ExclusiveRequests {
  readonly #end: TunnelEnd;
  readonly #connections: HttpConnections;
  #armed: AbortSignal | undefined;

  constructor(end: TunnelEnd, connections: HttpConnections) {
    this.#end = end;
    this.#connections = connections;
    subscribe('http.server.request.start', (message) => {
      const { response } = message as { response: ServerResponse };
      boundHost().waitUntil(new Promise<void>((resolve) => response.once('close', () => resolve())));
    });
  }

  /** Handles a new connection, which may arrive while the version is handing over. */
  accepted(socket: CrossedSocket): void {
    const { yielding } = boundHost();
    if (yielding.aborted) return this.#connections.leave(socket);
    if (yielding === this.#armed) return;
    this.#armed = yielding;
    yielding.addEventListener('abort', () => this.#leaveAll(), { once: true });
  }

  #leaveAll(): void {
    for (const socket of this.#end.sockets) this.#connections.leave(socket);
  }
}
