import timers from 'node:timers';
import { syncBuiltinESMExports } from 'node:module';
import type { Taker } from '../plugin/takers.js';
import { callerFile } from './caller-file.js';
import { warnOfEarlyIntervals } from './warnings.js';

/**
 * Maximum time for which intervals are held after an app's start began, in milliseconds: a start that waits for one of them would
 * never end.
 */
const HELD_MS = 2_000;

/** An interval that waits for its version to become active. */
interface HeldInterval {
  /** `file:line:column` of the call of `setInterval`. */
  readonly place: string;
  readonly timer: NodeJS.Timeout;
}

type SetInterval = (run: (...given: unknown[]) => void, ms?: number, ...args: unknown[]) => NodeJS.Timeout;

/**
 * The intervals that an app's own files begin while its entry runs. Their functions are not called before the version is active,
 * nor after it has yielded, so that old and new never run side by side. Timers of packages and later timers are left alone,
 * because a start that waits for one of them would wait for ever.
 */
export class HeldIntervals implements Taker {
  readonly name = 'setInterval';
  readonly #isOwn: (path: string) => boolean;
  readonly #setInterval = globalThis.setInterval as unknown as SetInterval;
  readonly #held: HeldInterval[] = [];
  #collecting = true;
  #state: 'waiting' | 'running' | 'paused' = 'waiting';

  constructor(isOwn: (path: string) => boolean) {
    this.#isOwn = isOwn;
    const collect: SetInterval = (...begun) => this.#collect(...begun);
    // Copy properties such as the form for `promisify`.
    Object.defineProperties(collect, Object.getOwnPropertyDescriptors(globalThis.setInterval));
    globalThis.setInterval = collect as unknown as typeof setInterval;
    timers.setInterval = globalThis.setInterval;
    syncBuiltinESMExports();
    setTimeout(() => this.#startEarly(), HELD_MS).unref();
  }

  /** Called when the entry has been evaluated; later intervals run at once. */
  stopCollecting(): void {
    this.#collecting = false;
  }

  /** Lets the functions be called from now on. */
  start(): void {
    this.#state = 'running';
  }

  /** Holds all intervals until {@link resume}. */
  pause(): void {
    this.#state = 'paused';
  }

  resume(): void {
    this.#state = 'running';
  }

  /** Ends all intervals. */
  end(): void {
    for (const { timer } of this.#held) clearInterval(timer);
  }

  #collect(...[run, ms, ...args]: Parameters<SetInterval>): NodeJS.Timeout {
    const place = this.#collecting ? callerFile() : undefined;
    if (typeof run !== 'function' || !place || !this.#isOwn(place.file))
      return this.#setInterval(run, ms, ...args);
    // Functions may end their interval by `this`.
    const timer = this.#setInterval(() => {
      if (this.#state === 'running') run.apply(timer, args);
    }, ms);
    this.#held.push({ place: `${place.file}:${place.line}:${place.column}`, timer });
    return timer;
  }

  #startEarly(): void {
    if (this.#state !== 'waiting' || this.#held.length === 0) return;
    this.start();
    warnOfEarlyIntervals(this.#held.map(({ place }) => place).join(', '), HELD_MS);
  }
}
