import { clearInterval, setInterval } from '../core/timers.js';
import type { Connection } from './connection.js';

/** Asks whether a connection's other side is there: resolves when it says so, or is gone. */
export type Probe = (connection: Connection) => Promise<unknown>;

/** So often it is looked; what has not been heard of for two looks is asked, and is silent when it has not answered by the next. */
const LOOK_MS = 5;

/**
 * Finds connections behind which somebody computes: while that lasts, calls that are sent there stand still. A side that waits
 * for something, however long, says that it is there. Looks only while calls are made.
 */
export class Lookout {
  readonly #connections: readonly Connection[];
  readonly #probe: Probe;
  readonly #onBack: () => void;
  /** How much each had been heard of at the last look. */
  readonly #heard = new WeakMap<Connection, number>();
  readonly #asked = new WeakSet<Connection>();
  #timer: NodeJS.Timeout | undefined;
  #isCalm = false;

  /** `onBack` is called when one that was silent is there again. */
  constructor(connections: readonly Connection[], probe: Probe, onBack: () => void) {
    this.#connections = connections;
    this.#probe = probe;
    this.#onBack = onBack;
  }

  /** A call is made. */
  watch(): void {
    this.#isCalm = false;
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Looks once at every connection. */
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
