import { LiveswapError } from '../core/errors.js';
import { queueMicrotask } from '../core/timers.js';
import { encodeError } from './error-codec.js';
import { Op, type Frame } from './protocol.js';

interface Abort {
  readonly ids: number[];
  readonly reason: unknown;
}

/**
 * Collects calls whose callers gave up, until the running code ends. A signal shared by thousands of calls aborts them all at
 * once, and a frame for each, each with the reason, would take seconds.
 */
export class Aborts {
  readonly #post: (frame: Frame) => void;
  #waiting: Abort[] = [];

  constructor(post: (frame: Frame) => void) {
    this.#post = post;
  }

  /** Notes that the caller of `id` has given up. */
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

/** Returns whether two reasons have the same content: each caller gets an error of its own. */
function isSame(one: unknown, other: unknown): boolean {
  if (!(one instanceof LiveswapError) || !(other instanceof LiveswapError)) return one === other;
  return one.message === other.message && one.cause === other.cause;
}
