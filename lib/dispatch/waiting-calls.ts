import type { Call } from './call.js';

/** Index of the only thread that a call may go to; `undefined`: it may go to any. */
export type Home = number | undefined;

/** The place of a waiting call. */
interface Place {
  readonly home: Home;
  /** Grows from call to call. */
  readonly turn: number;
}

/**
 * Waiting calls, in the order in which they came. Calls with different homes do not wait for each other, so a long line
 * for one thread costs the others nothing.
 */
export class WaitingCalls implements Iterable<Call> {
  readonly #places = new Map<Call, Place>();
  /** A line for each home. */
  readonly #lines = new Map<Home, Set<Call>>();
  #turns = 0;

  get size(): number {
    return this.#places.size;
  }

  /** Iterates over all calls, the first one first. */
  [Symbol.iterator](): Iterator<Call> {
    return this.#places.keys();
  }

  /** Returns the calls that wait for one home. */
  line(home: Home): Iterable<Call> & { readonly size: number } {
    return this.#lines.get(home) ?? none;
  }

  homeOf(call: Call): Home {
    return this.#places.get(call)?.home;
  }

  add(call: Call, home: Home): void {
    this.#places.set(call, { home, turn: this.#turns++ });
    const line = this.#lines.get(home);
    if (line) line.add(call);
    else this.#lines.set(home, new Set([call]));
  }

  delete(call: Call): void {
    const place = this.#places.get(call);
    if (!place) return;
    this.#places.delete(call);
    const line = this.#lines.get(place.home);
    line?.delete(call);
    if (line?.size === 0) this.#lines.delete(place.home);
  }

  /** Returns the first call that is let in and whose home has room. */
  next(isLetIn: (call: Call) => boolean, hasRoom: (home: Home) => boolean): Call | undefined {
    let next: Call | undefined;
    let turn = Infinity;
    for (const [home, line] of this.#lines) {
      if (!hasRoom(home)) continue;
      for (const call of line) {
        if (!isLetIn(call)) continue;
        const place = this.#places.get(call)!;
        if (place.turn < turn) [next, turn] = [call, place.turn];
        break;
      }
    }
    return next;
  }
}

const none: ReadonlySet<Call> = new Set();
