import { LiveswapError } from '../../core/errors.js';
import { Waiters } from '../../core/waiters.js';
import type { Connection, Placement } from './connection.js';
import type { Tunnel } from './tunnel.js';

/**
 * Connects each incoming connection to the current thread with the fewest. When others take
 * over, every connection goes to them as soon as it is between two requests.
 */
export class Switchboard implements Placement {
  readonly #tunnels = new Set<Tunnel>();
  readonly #waiting = new Set<Connection>();
  #refusal: { readonly cause: unknown } | undefined;
  #closed = false;
  readonly #changed = new Waiters();

  readonly mayRepeat: ((bytes: string) => boolean) | undefined;

  /** `mayRepeat`: see {@link Placement.mayRepeat}. */
  constructor(mayRepeat?: (bytes: string) => boolean) {
    this.mayRepeat = mayRepeat;
  }

  /** The threads that are connected now. */
  get tunnels(): ReadonlySet<Tunnel> {
    return this.#tunnels;
  }

  place(connection: Connection): void {
    if (this.#closed) return connection.isSilent ? connection.dismiss() : connection.refuse(closed());
    const tunnel = this.#least();
    if (tunnel) {
      this.#waiting.delete(connection);
      return connection.attach(tunnel);
    }
    // One that has asked for nothing yet is not answered.
    if (!this.#refusal || connection.isSilent) this.#waiting.add(connection);
    else {
      this.#waiting.delete(connection);
      connection.refuse(this.#refusal.cause);
    }
  }

  /** Gives new connections to `tunnels` from now on; the others let go of theirs. */
  switchTo(tunnels: Iterable<Tunnel>): void {
    this.#refusal = undefined;
    const former = [...this.#tunnels];
    this.#tunnels.clear();
    for (const tunnel of tunnels) this.#tunnels.add(tunnel);
    for (const tunnel of former) if (!this.#tunnels.has(tunnel)) tunnel.leaveAll();
    this.#placeWaiting();
  }

  /** Resolves to a thread that takes new connections, as soon as there is one; rejects when there will be none. */
  async whenServed(): Promise<Tunnel> {
    for (;;) {
      const tunnel = this.#least();
      if (tunnel) return tunnel;
      if (this.#closed) throw closed();
      await this.#changed.wait();
    }
  }

  /** Adds a tunnel for new connections. */
  add(tunnel: Tunnel): void {
    this.#tunnels.add(tunnel);
    this.#placeWaiting();
  }

  /** Gives a tunnel no more new connections; its present ones stay. */
  remove(tunnel: Tunnel): void {
    this.#tunnels.delete(tunnel);
  }

  /** No thread takes new connections until the next {@link switchTo}. */
  refuse(cause: unknown): void {
    this.switchTo([]);
    this.#refusal = { cause };
    this.#placeWaiting();
  }

  /** Accepts nothing more: idle connections are closed now, the others after their request. */
  close(): void {
    this.#closed = true;
    this.switchTo([]);
  }

  #placeWaiting(): void {
    this.#changed.release();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const connection of waiting) if (!connection.isClosed) this.place(connection);
  }

  #least(): Tunnel | undefined {
    let least: Tunnel | undefined;
    for (const tunnel of this.#tunnels)
      if (!tunnel.isLost && (!least || tunnel.size < least.size)) least = tunnel;
    return least;
  }
}

function closed(): LiveswapError {
  return new LiveswapError('CLOSED', 'This server is closed.');
}
