import type { Call } from './call.js';
import { bestConnection, narrowConnection } from './choose-connection.js';
import type { Connection } from './connection.js';
import type { Home } from './waiting-calls.js';

/** The connections to one version, of which each call gets one. */
export class Connections {
  /** Those that take calls. */
  readonly open: Connection[] = [];
  /** Maximum number of pending calls of each. */
  readonly #concurrency: number;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  remove(connection: Connection): void {
    const at = this.open.indexOf(connection);
    if (at !== -1) this.open.splice(at, 1);
  }

  /** Returns the best connection, unless even that has reached the limit of pending calls. */
  free(home: Home): Connection | undefined {
    const best = bestConnection(this.open, home);
    return best && best.pending < this.#concurrency ? best : undefined;
  }

  /** Returns a connection for a nested call, which the limit does not hold up. */
  forNested(call: Call, home: Home): Connection | undefined {
    return bestConnection(this.open, home) ?? narrowConnection(this.open, call);
  }

  /** Returns how many of so many pending calls are beyond the limits of all connections. */
  beyond(pending: number): number {
    return pending - this.#concurrency * this.open.length;
  }

  hasPending(isMeant: (call: Call) => boolean): boolean {
    return this.open.some((connection) => connection.hasPending(isMeant));
  }
}
