import { LiveswapError } from '../core/errors.js';
import { queueMicrotask } from '../core/timers.js';
import { encodeError } from './error-codec.js';
import { Op, type Frame } from './protocol.js';

interface Abort {
  readonly ids: number[];
  readonly reason: unknown;
}

/**
 * The calls that callers have given up, until the end of what is running: a signal that thousands share gives them all up at once,
 * and a frame for each, with its reason told each time, would take seconds.
 */
export class Aborts {
  readonly #post: (frame: Frame) => void;
  #waiting: Abort[] = [];

  constructor(post: (frame: Frame) => void) {
    this.#post = post;
  }

  /** The caller of `id` has given up. */
  add(id: number, reason: unknown): void {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    const last = this.#waiting.at(-1);
    if (last && isSame(last.reason, reason)) last.ids.push(id);
    else this.#waiting.push({ ids: [id], reason });
  }

  #flush(): void {
    const aborts = this.#waiting;
    this.#waiting = [];
    for (const { ids, reason } of aborts) this.#post([Op.abort, ids, encodeError(reason)]);
  }
}

/** Each caller has an error of its own, which says the same. */
function isSame(one: unknown, other: unknown): boolean {
  if (!(one instanceof LiveswapError) || !(other instanceof LiveswapError)) return one === other;
  return one.message === other.message && one.cause === other.cause;
}
