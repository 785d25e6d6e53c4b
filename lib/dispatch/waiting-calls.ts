import { IdMap } from '../core/id-map.js';
import type { Call } from './call.js';

/** Index of the only thread that a call may go to; `undefined`: it may go to any. */
export type Home = number | undefined;

/** The place of a waiting call in its line. */
interface Place {
  readonly call: Call;
  readonly line: Line;
  /** Grows from call to call. */
  readonly turn: number;
  before: Place | undefined;
  behind: Place | undefined;
}

/** The calls that wait for one home, the first one first. */
class Line {
  readonly home: Home;
  first: Place | undefined;
  #last: Place | undefined;

  constructor(home: Home) {
    this.home = home;
  }

  append(call: Call, turn: number): Place {
    const place: Place = { call, line: this, turn, before: this.#last, behind: undefined };
    if (this.#last) this.#last.behind = place;
    else this.first = place;
    this.#last = place;
    return place;
  }

  remove(place: Place): void {
    const { before, behind } = place;
    if (before) before.behind = behind;
    else this.first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    // Once it is old, a removed place would keep those alive that it refers to, although they have left as well.
    place.before = place.behind = undefined;
  }
}

/**
 * Waiting calls, in the order in which they came. Calls with different homes do not wait for each other, so a long line
 * for one thread costs the others nothing.
 */
export class WaitingCalls implements Iterable<Call> {
  /** The places by the numbers of their calls. */
  readonly #places = new IdMap<Place>();
  readonly #lines = new Map<Home, Line>();
  #turns = 0;

  get size(): number {
    return this.#places.size;
  }

  /** Iterates over the calls that wait now, the first one first. */
  [Symbol.iterator](): Iterator<Call> {
    const places = this.#places.values().sort((one, other) => one.turn - other.turn);
    return places.map(({ call }) => call).values();
  }

  /** Returns whether calls wait for a home. */
  hasFor(home: Home): boolean {
    return this.#lines.get(home)?.first !== undefined;
  }

  homeOf(call: Call): Home {
    return this.#places.get(call.number)?.line.home;
  }

  add(call: Call, home: Home): void {
    this.#places.set(call.number, this.#lineFor(home).append(call, this.#turns++));
  }

  delete(call: Call): void {
    const place = this.#places.take(call.number);
    place?.line.remove(place);
  }

  /** Returns the first call that is let in and whose home has room. */
  next(isLetIn: (call: Call) => boolean, hasRoom: (home: Home) => boolean): Call | undefined {
    let next: Place | undefined;
    for (const line of this.#lines.values()) {
      if (!line.first || !hasRoom(line.home)) continue;
      let place: Place | undefined = line.first;
      while (place && !isLetIn(place.call)) place = place.behind;
      if (place && (!next || place.turn < next.turn)) next = place;
    }
    return next?.call;
  }

  #lineFor(home: Home): Line {
    const known = this.#lines.get(home);
    if (known) return known;
    const line = new Line(home);
    this.#lines.set(home, line);
    return line;
  }
}
