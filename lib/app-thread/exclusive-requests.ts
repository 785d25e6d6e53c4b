import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { boundHost } from '../plugin/host-binding.js';
import type { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import type { HttpConnections } from '../sockets/thread/http-connections.js';
import type { TunnelEnd } from '../sockets/thread/tunnel-end.js';
import { whenHeadSent } from '../sockets/thread/when-head-sent.js';

/**
 * Lets an exclusive version hand over between two requests: it waits for requests that have begun, and later ones go back to the
 * host. A response whose head has been sent goes on meanwhile.
 */
export class ExclusiveRequests {
  readonly #end: TunnelEnd;
  readonly #connections: HttpConnections;
  #armed: AbortSignal | undefined;

  /**
   * `run` counts work as running until the returned function is called. With `untilEnd`, it waits until all responses have been
   * sent completely, because the thread ends then.
   */
  constructor(
    end: TunnelEnd,
    connections: HttpConnections,
    run: (name: string) => () => void,
    untilEnd: boolean,
  ) {
    this.#end = end;
    this.#connections = connections;
    subscribe('http.server.request.start', (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      const over = run(`http ${request.method}`);
      if (untilEnd) response.once('close', over);
      else whenHeadSent(response, over);
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
