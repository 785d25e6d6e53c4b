import { LiveswapError } from '../../core/errors.js';
import { Waiters } from '../../core/waiters.js';
import type { Connection, Placement } from './connection.js';
import type { Tunnel } from './tunnel.js';

/** What becomes of connections for which there is no thread. */
interface Refusal {
  readonly cause: unknown;
  /** Whether it is also for connections without a request, which otherwise wait. */
  readonly alsoSilent: boolean;
}

/**
 * Connects each incoming connection to the current thread with the fewest connections. When other threads take over, every
 * connection moves to them as soon as it is between two requests.
 */
export class Switchboard implements Placement {
  readonly #tunnels = new Set<Tunnel>();
  readonly #waiting = new Set<Connection>();
  #refusal: Refusal | undefined;
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
    // A connection without a request gets no answer.
    if (!this.#refusal || (connection.isSilent && !this.#refusal.alsoSilent)) this.#waiting.add(connection);
    else {
      this.#waiting.delete(connection);
      connection.refuse(this.#refusal.cause);
    }
  }

  /** Gives new connections to `tunnels` from now on; the others release theirs. */
  switchTo(tunnels: Iterable<Tunnel>): void {
    this.#refusal = undefined;
    const former = [...this.#tunnels];
    this.#tunnels.clear();
    for (const tunnel of tunnels) this.#tunnels.add(tunnel);
    for (const tunnel of former) if (!this.#tunnels.has(tunnel)) tunnel.leaveAll();
    this.#placeWaiting();
  }

  /** True while requests are refused. */
  get isRefusing(): boolean {
    return this.#refusal !== undefined && this.#least() === undefined;
  }

  /** Resolves to a thread that takes new connections, as soon as there is one; rejects if none is expected. */
  async whenServed(): Promise<Tunnel> {
    for (;;) {
      const tunnel = this.#least();
      if (tunnel) return tunnel;
      if (this.#closed) throw closed();
      if (this.#refusal) throw this.#refusal.cause;
      await this.#changed.wait();
    }
  }

  /** Adds a tunnel for new connections. */
  add(tunnel: Tunnel): void {
    this.#refusal = undefined;
    this.#tunnels.add(tunnel);
    this.#placeWaiting();
  }

  /** Gives a tunnel no more new connections; its existing ones stay. */
  remove(tunnel: Tunnel): void {
    this.#tunnels.delete(tunnel);
  }

  /** No thread takes new connections until the next {@link switchTo}. */
  refuse(cause: unknown): void {
    this.switchTo([]);
    this.refuseWaiting(cause);
  }

  /**
   * Whenever there is no thread, connections are refused instead of waiting, until a thread is {@link add added} or others take
   * over; `alsoSilent`: also those without a request.
   */
  refuseWaiting(cause: unknown, alsoSilent = false): void {
    this.#refusal = { cause, alsoSilent };
    this.#placeWaiting();
  }

  /** Stops accepting connections: idle ones are closed now, the others after their request. */
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
