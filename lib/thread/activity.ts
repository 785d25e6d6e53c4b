import { LiveswapError } from '../core/errors.js';
import { encode } from '../live-data/codec.js';
import { LiveData, type LiveClasses } from '../live-data/live-data.js';
import { LIVE_DATA_FORMAT, type LiveDataWire } from '../live-data/wire.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { Cause } from '../plugin/cause.js';

/** What a version may hand over at most, in characters of its text. */
const LONGEST_BATON = 1_048_576;

/** What an activity works with. */
export interface ActivityDeps {
  readonly artifact: ArtifactModule;
  readonly liveClasses: LiveClasses;
  readonly isFirstThread: boolean;
  /** Why the version comes up. */
  readonly cause: Cause;
  /** Runs a hook as such: what it calls passes every gate. */
  readonly runHook: <T>(hook: () => T) => T;
  /** Begins what the version does by itself while it is active, and ends it; both idempotent. */
  readonly begin: () => void;
  readonly end: () => void;
  /** Counts something as open until it settles. */
  readonly hold: (work: Promise<unknown>) => void;
  /** Of a resource that could not be closed. */
  readonly tellHost: (error: LiveswapError) => void;
}

/** What a version does while it is the active one, in one thread: it begins with `onActive` and ends with `onYield`. */
export class Activity {
  readonly #deps: ActivityDeps;
  #cause: Cause;
  #isActive = false;
  #yielding = new AbortController();

  constructor(deps: ActivityDeps) {
    this.#deps = deps;
    this.#cause = deps.cause;
  }

  get cause(): Cause {
    return this.#cause;
  }

  set cause(cause: Cause) {
    this.#cause = cause;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get yielding(): AbortSignal {
    return this.#yielding.signal;
  }

  /** Begins, for the first time or again: `previous` is what was handed over. What is open already stays as it is. */
  async activate(cause: Cause, previous: LiveDataWire | undefined): Promise<void> {
    const { artifact, liveClasses, runHook } = this.#deps;
    this.#cause = cause;
    this.#isActive = true;
    if (this.#yielding.signal.aborted) this.#yielding = new AbortController();
    try {
      await runHook(() => artifact.resources?.open('active'));
      if (this.#isMeant && artifact.plugin.onActive) {
        const value = previous && LiveData.from(previous, liveClasses).unwrap();
        await runHook(() => artifact.plugin.onActive?.(value));
      }
    } catch (error) {
      this.#isActive = false;
      throw error;
    }
    this.#deps.begin();
  }

  /** Begins nothing new by itself any more: the version is about to yield. */
  beginYield(): void {
    this.#deps.end();
    this.#yielding.abort(new LiveswapError('RETIRED', 'This version is about to yield to another one.'));
  }

  /** It does not yield after all, and has not begun to. */
  resume(): void {
    if (!this.#isActive) return;
    if (this.#yielding.signal.aborted) this.#yielding = new AbortController();
    this.#deps.begin();
  }

  /**
   * Ends, and returns what is handed over. With `waits`, what takes work is closed when it resolves; otherwise it is held open.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` when it is no data, or too much
   */
  async yield(cause: Cause, waits: boolean): Promise<LiveDataWire | undefined> {
    if (!this.#isActive) return undefined;
    const { artifact, runHook, hold } = this.#deps;
    this.beginYield();
    this.#cause = cause;
    const handed: unknown = this.#isMeant ? await runHook(() => artifact.plugin.onYield?.()) : undefined;
    this.#isActive = false;
    const closed = Promise.all(artifact.resources?.closeWork() ?? []).then((failures) => {
      for (const failure of failures) if (failure) this.#deps.tellHost(failure);
    });
    hold(closed);
    if (waits) await closed;
    return handed === undefined ? undefined : this.#baton(handed);
  }

  get #isMeant(): boolean {
    return this.#deps.isFirstThread || this.#deps.artifact.plugin.activeIn === 'thread';
  }

  #baton(value: unknown): LiveDataWire {
    const { liveClasses } = this.#deps;
    const type = typeof value === 'object' && value !== null ? liveClasses.nameOf(value) : undefined;
    const data = encode(value, liveClasses);
    if (data.length <= LONGEST_BATON) return { liveData: LIVE_DATA_FORMAT, type, data };
    throw new LiveswapError(
      'LIVE_DATA_INVALID',
      `onYield returned ${data.length} characters of data, more than the ${LONGEST_BATON} that are handed over; keep large state with kept.`,
    );
  }
}
