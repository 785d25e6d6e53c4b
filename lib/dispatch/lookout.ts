import { clearInterval, setInterval } from '../core/timers.js';
import type { Connection } from './connection.js';

/** Asks the other side of a connection to respond: resolves when it does, or is gone. */
export type Probe = (connection: Connection) => Promise<unknown>;

/**
 * Interval between checks, in milliseconds. A connection that has not been heard from for two checks is asked, and counts as
 * silent if it has not answered by the next.
 */
const LOOK_MS = 5;

/**
 * Finds connections whose other side computes: calls that are sent there stand still meanwhile. A side that merely waits, however
 * long, still responds. Checks only run while calls are made.
 */
export class Lookout {
  readonly #connections: readonly Connection[];
  readonly #probe: Probe;
  readonly #onBack: () => void;
  /** The value of `heardAt` of each connection at the last check. */
  readonly #heard = new WeakMap<Connection, number>();
  readonly #asked = new WeakSet<Connection>();
  #timer: NodeJS.Timeout | undefined;
  #isCalm = false;

  /** `onBack` is called when a silent connection responds again. */
  constructor(connections: readonly Connection[], probe: Probe, onBack: () => void) {
    this.#connections = connections;
    this.#probe = probe;
    this.#onBack = onBack;
  }

  /** Starts the checks, or keeps them going, because a call is made. */
  watch(): void {
    this.#isCalm = false;
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Checks every connection once. */
  look(): void {
    const isOver = this.#isCalm && this.#connections.every(({ pending }) => pending === 0);
    this.#isCalm = true;
    if (isOver) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const connection of this.#connections) this.#lookAt(connection);
  }

  #lookAt(connection: Connection): void {
    const { heardAt, pending } = connection;
    const isUnheard = pending > 0 && this.#heard.get(connection) === heardAt;
    this.#heard.set(connection, heardAt);
    if (!isUnheard) return;
    if (this.#asked.has(connection)) {
      connection.isSilent = true;
      return;
    }
    this.#asked.add(connection);
    const answered = (): void => {
      this.#asked.delete(connection);
      if (!connection.isSilent) return;
      connection.isSilent = false;
      this.#onBack();
    };
    this.#probe(connection).then(answered, answered);
  }
}
