import { Semaphore } from '../core/semaphore.js';

/** Time after which an update holds up the others of its key no longer: its function may never settle. */
const LONGEST_TURN_MS = 100;

interface Turn {
  readonly semaphore: Semaphore;
  /** Number of those that have the turn, or wait for it. */
  users: number;
}

/** Lets updates of one key run one after another: those that run at once are all repeated whenever one of them has written. */
export class UpdateTurns {
  readonly #turns = new Map<string, Turn>();

  /** Resolves when it is the turn of an update of `key`; the returned function ends it. */
  async take(key: string): Promise<() => void> {
    const turn = this.#turns.get(key) ?? { semaphore: new Semaphore(1), users: 0 };
    this.#turns.set(key, turn);
    turn.users++;
    const leave = await turn.semaphore.enter(LONGEST_TURN_MS);
    return () => {
      leave();
      if (--turn.users === 0) this.#turns.delete(key);
    };
  }
}
