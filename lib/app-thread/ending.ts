import { setTimeout } from '../core/timers.js';
import type { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import type { HttpConnections } from '../sockets/thread/http-connections.js';
import type { TunnelEnd } from '../sockets/thread/tunnel-end.js';
import { runShutdownHandlers } from './shutdown-handlers.js';

/** Interval between checks for requests that have begun, in milliseconds. */
const LOOK_MS = 20;

/** How an app ends: its requests first, then the connections that last until somebody ends them, and then all else. */
export class Ending {
  readonly #end: TunnelEnd;
  readonly #connections: HttpConnections;
  readonly #lingered: () => Promise<void>;
  #shutdown: Promise<boolean> | undefined;

  /** @param lingered resolves when enough time has passed since the last request. */
  constructor(end: TunnelEnd, connections: HttpConnections, lingered: () => Promise<void>) {
    this.#end = end;
    this.#connections = connections;
    this.#lingered = lingered;
  }

  /**
   * Lets the app end the connections that last, once its requests have ended. Nobody else can end them in order, and the app would
   * last as long as they do.
   */
  async endLasting(): Promise<void> {
    while (this.#lasting.length < this.#end.sockets.length)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
    if (this.#end.sockets.length === 0) return;
    await this.#lingered();
    // An error of a handler is told when the thread is closed.
    if (await this.shutDown().catch(() => true)) for (const socket of this.#lasting) socket.destroy();
  }

  /** Runs the app's own shutdown handlers, once. See {@link runShutdownHandlers}. */
  shutDown(): Promise<boolean> {
    this.#shutdown ??= runShutdownHandlers();
    return this.#shutdown;
  }

  /** Connections on which no requests are read, and streams of events. */
  get #lasting(): readonly CrossedSocket[] {
    return [...this.#connections.others, ...this.#connections.ofEvents];
  }
}
