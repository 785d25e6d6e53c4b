import { clearTimeout, setTimeout } from './timers.js';

/** Lets a limited number through at a time; the others wait, in order of arrival. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** True when who enters now need not wait. */
  get isFree(): boolean {
    return this.#free > 0;
  }

  /**
   * Resolves to the function that gives the place back, once there is a place. After `longestMs`, it is given back whether that
   * was called or not: what takes so long must not hold up the others.
   */
  async enter(longestMs?: number): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    const leave = (): void => {
      if (!isHeld) return;
      isHeld = false;
      clearTimeout(timer);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
    const timer = longestMs === undefined ? undefined : setTimeout(leave, longestMs).unref();
    return leave;
  }
}
