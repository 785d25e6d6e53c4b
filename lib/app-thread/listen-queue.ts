import type { Server } from 'node:net';
import { Waiters } from '../core/waiters.js';

/**
 * The requests of servers to listen. The host holds an address for a request until it has answered: a server that was closed meanwhile
 * and listens again asks only then.
 */
export class ListenQueue {
  /** Servers with an unanswered request, each with its next one. */
  readonly #unanswered = new Map<Server, (() => void) | undefined>();
  readonly #waiters = new Waiters();

  /** Resolves when every request has been answered. */
  async settled(): Promise<void> {
    if (this.#unanswered.size > 0) await this.#waiters.wait();
  }

  /** Calls `ask`, now or once the server's request before is answered. */
  add(server: Server, ask: () => void): void {
    const isUnanswered = this.#unanswered.has(server);
    this.#unanswered.set(server, isUnanswered ? ask : undefined);
    if (!isUnanswered) ask();
  }

  /** The host has answered the request of a server. */
  answered(server: Server): void {
    const next = this.#unanswered.get(server);
    this.#unanswered.delete(server);
    if (next) this.add(server, next);
    else if (this.#unanswered.size === 0) this.#waiters.release();
  }
}
