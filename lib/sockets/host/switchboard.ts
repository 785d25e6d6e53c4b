import { LiveswapError } from '../../core/errors.js';
import type { Connection, Placement } from './connection.js';
import type { Tunnel } from './tunnel.js';

/**
 * Connects what comes in to the threads that answer it now: each connection to the one with the fewest. When others take
 * over, every connection goes to them as soon as it is between two requests.
 */
export class Switchboard implements Placement {
  readonly #tunnels = new Set<Tunnel>();
  readonly #waiting = new Set<Connection>();
  #refusal: { readonly cause: unknown } | undefined;
  #closed = false;

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

  /** From now on `tunnels` take what comes; the others let go of what they have. */
  switchTo(tunnels: Iterable<Tunnel>): void {
    this.#refusal = undefined;
    const former = [...this.#tunnels];
    this.#tunnels.clear();
    for (const tunnel of tunnels) this.#tunnels.add(tunnel);
    for (const tunnel of former) if (!this.#tunnels.has(tunnel)) tunnel.leaveAll();
    this.#placeWaiting();
  }

  /** One more takes what comes. */
  add(tunnel: Tunnel): void {
    this.#tunnels.add(tunnel);
    this.#placeWaiting();
  }

  /** Gives a tunnel no more connections; those that it has stay. */
  remove(tunnel: Tunnel): void {
    this.#tunnels.delete(tunnel);
  }

  /** There is nobody to take what comes, and there will be nobody until {@link switchTo} says otherwise. */
  refuse(cause: unknown): void {
    this.switchTo([]);
    this.#refusal = { cause };
    this.#placeWaiting();
  }

  /** Takes nothing any more: what is between two requests is closed now, the rest when it is. */
  close(): void {
    this.#closed = true;
    this.switchTo([]);
  }

  #placeWaiting(): void {
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
