import { LiveswapError } from '../core/errors.js';
import { encode } from '../live-data/codec.js';
import { LiveData, type LiveClasses } from '../live-data/live-data.js';
import { LIVE_DATA_FORMAT, type LiveDataWire } from '../live-data/wire.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { Cause } from '../plugin/cause.js';
import type { Baton } from '../surface/thread-surface.js';

/** Maximum length of the data that a version hands over, in characters of its text. */
const LONGEST_BATON = 1_048_576;

/** Dependencies of an {@link Activity}. */
export interface ActivityDeps {
  readonly artifact: ArtifactModule;
  readonly liveClasses: LiveClasses;
  readonly isFirstThread: boolean;
  /** The reason why the version comes up. */
  readonly cause: Cause;
  /** Runs a hook: the calls it makes pass every gate. */
  readonly runHook: <T>(hook: () => T) => T;
  /** Begin and end the work that the version does by itself while it is active; both are idempotent. */
  readonly begin: () => void;
  readonly end: () => void;
  /** Counts a piece of work as open until it settles. */
  readonly hold: (work: Promise<unknown>) => void;
  /** Reports a resource that could not be closed. */
  readonly tellHost: (error: LiveswapError) => void;
}

/** What a thread has to hand over, before it is made data. */
interface Left {
  readonly takers: Baton['takers'];
  readonly data: unknown;
}

/** The work of a version in one thread while it is the active one: it begins with `onActive` and ends with `onYield`. */
export class Activity {
  readonly #deps: ActivityDeps;
  #cause: Cause;
  #isActive = false;
  /** The latest hook. A hook on which the host has given up may still be running. */
  #latest: Promise<unknown> = Promise.resolve();
  /** What this activity has ended with. Nobody else has it when the host gave up on the hook, or could not be sent it. */
  #left: Left | undefined;
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

  /**
   * Begins the activity, for the first time or again, once the hooks before have ended; `previous` is the data handed over. Where
   * that is missing, it goes on with what it ended with itself. Resources that are already open stay as they are.
   */
  activate(cause: Cause, previous: Baton | undefined): Promise<void> {
    return this.#afterLatest(() => this.#activate(cause, previous));
  }

  async #activate(cause: Cause, previous: Baton | undefined): Promise<void> {
    if (this.#isActive) return;
    const { artifact, liveClasses, runHook } = this.#deps;
    this.#cause = cause;
    this.#isActive = true;
    if (this.#yielding.signal.aborted) this.#yielding = new AbortController();
    const renewed = artifact.ticker?.renew?.();
    try {
      await this.#openResources();
      if (this.#isMeant && artifact.plugin.onActive) {
        const value = previous
          ? previous.data && LiveData.from(previous.data, liveClasses).unwrap()
          : this.#left?.data;
        await runHook(() => artifact.plugin.onActive?.(value));
      }
      // Runs that are declared from here on are kept by the next activity.
      renewed?.();
      await artifact.takers?.start((previous ?? this.#left)?.takers);
      this.#left = undefined;
    } catch (error) {
      renewed?.();
      this.#isActive = false;
      // Takers must not take work while their version is not the active one.
      await this.#closeWork();
      throw error;
    }
    this.#deps.begin();
  }

  /** Stops new work from beginning by itself: the version is about to yield. Resolves when no run of `every` is under way. */
  async beginYield(): Promise<void> {
    const { artifact, end } = this.#deps;
    end();
    artifact.takers?.hold?.();
    this.#yielding.abort(new LiveswapError('RETIRED', 'This version is about to yield to another one.'));
    await artifact.ticker?.whenIdle?.();
  }

  /** Revokes {@link beginYield}: the version does not yield after all, and has not begun to. */
  resume(): void {
    if (!this.#isActive) return;
    if (this.#yielding.signal.aborted) this.#yielding = new AbortController();
    this.#deps.artifact.takers?.letGo?.();
    this.#deps.begin();
  }

  /**
   * Ends the activity and returns what to hand over. What takes work by itself pauses first. With `waits`, resources that take work
   * are closed when this resolves; otherwise their closing is held open.
   *
   * @throws LiveswapError `LIVE_DATA_INVALID` when the result is not live data, or too long
   */
  yield(cause: Cause, waits: boolean): Promise<Baton | undefined> {
    return this.#afterLatest(() => this.#yield(cause, waits));
  }

  async #yield(cause: Cause, waits: boolean): Promise<Baton | undefined> {
    // It may not have become active again: then it still has what it ended with.
    if (!this.#isActive) return this.#left && this.#batonOf(this.#left);
    const { artifact, runHook } = this.#deps;
    const begun = this.beginYield();
    this.#cause = cause;
    let left: Left;
    try {
      // The next version may begin the next run, and what is handed over includes what this one does.
      await begun;
      const takers = await artifact.takers?.pause();
      const data: unknown = this.#isMeant ? await runHook(() => artifact.plugin.onYield?.()) : undefined;
      left = this.#left = { takers, data };
    } finally {
      // A version that yields halfway has to be activated again.
      this.#isActive = false;
    }
    const closed = this.#closeWork();
    if (waits) await closed;
    return this.#batonOf(left);
  }

  /** Closes the resources that take work. Resolves when that is done; failures are told to the host. */
  async #closeWork(): Promise<void> {
    const { artifact, hold, tellHost } = this.#deps;
    const closing = artifact.resources?.closeWork() ?? [];
    // A thread with nothing to close is not shown as kept open.
    if (closing.length === 0) return;
    const closed = Promise.all(closing).then((failures) => {
      for (const failure of failures) if (failure) tellHost(failure);
    });
    hold(closed);
    await closed;
  }

  /** Without resources, no hook runs: before Node 24, the context of one makes all promises of the thread slower from then on. */
  async #openResources(): Promise<void> {
    const { resources } = this.#deps.artifact;
    if (resources && resources.count > 0) await this.#deps.runHook(() => resources.open('active'));
  }

  #afterLatest<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#latest.then(run);
    this.#latest = result.catch(() => {});
    return result;
  }

  get #isMeant(): boolean {
    return this.#deps.isFirstThread || this.#deps.artifact.plugin.activeIn === 'thread';
  }

  #batonOf({ takers, data }: Left): Baton {
    return { takers, ...(data !== undefined && { data: this.#dataOf(data) }) };
  }

  #dataOf(value: unknown): LiveDataWire {
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
