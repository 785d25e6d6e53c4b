import { isTimeable } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import { systemClock, type Clock } from '../core/clock.js';
import { clearInterval, setInterval } from '../core/timers.js';
import type { Connection } from '../dispatch/connection.js';
import type { GaugeReadings } from '../pool/gauge.js';
import type { SwapEvent } from '../observe/events.js';
import type { EndReasons } from './thread-group.js';
import type { ThreadHandle } from './thread-handle.js';
import type { VersionSettings } from './version-settings.js';

/** A thread as its renewal sees it. */
export interface RenewedThread extends Pick<ThreadHandle, 'name' | 'death' | 'madeAt'> {
  readonly gauge: Pick<GaugeReadings, 'heapUsedBytes'>;
}

/** Dependencies of a {@link Renewal}. */
export interface RenewalDeps<Thread extends RenewedThread> {
  readonly settings: Pick<VersionSettings, 'abandonedMs' | 'drainMs' | 'recycle'>;
  readonly group: {
    readonly threads: readonly Thread[];
    serves(thread: Thread): boolean;
    connectionOf(thread: Thread): Pick<Connection, 'abandonedSince' | 'sent'> | undefined;
    withdraw(thread: Thread): void;
    seeOff(thread: Thread, drainMs: number, reasons: EndReasons): Promise<LiveswapError[]>;
  };
  /** True while the version may need all of its threads. */
  readonly isNeeded: () => boolean;
  /**
   * Puts a thread beside the living one of that index. Resolves once the new thread takes calls.
   *
   * @throws the failure of the new thread
   */
  readonly replace: (index: number) => Promise<Thread>;
  /** Puts a thread in the place of one that was withdrawn. */
  readonly fill: (index: number) => Promise<void>;
  /** Creates the error for work that is still pending on a leaving thread. */
  readonly late: (thread: Thread) => LiveswapError;
  /** Creates the error for what a leaving thread gave, once nothing was pending on it. */
  readonly gone: (thread: Thread) => LiveswapError;
  readonly emit: (event: SwapEvent) => void;
}

const LOOK_MS = 1_000;
/** A thread that lives shorter than this delays its replacement; the pause doubles each time. */
const SHORT_LIFE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Replaces living threads that are no longer fit, one at a time: those that hold calls whose callers gave up long ago, and those
 * that have reached a limit of `recycle`.
 */
export class Renewal<Thread extends RenewedThread = ThreadHandle> {
  readonly #deps: RenewalDeps<Thread>;
  readonly #clock: Pick<Clock, 'now'>;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #pauseMs = 0;
  #recyclesAgainAt = 0;

  constructor(deps: RenewalDeps<Thread>, clock: Pick<Clock, 'now'> = systemClock) {
    this.#deps = deps;
    this.#clock = clock;
  }

  start(): void {
    const { abandonedMs, recycle } = this.#deps.settings;
    if (!recycle && !isTimeable(abandonedMs)) return;
    const everyMs = Math.min(LOOK_MS, abandonedMs / 4, (recycle?.ageMs ?? Infinity) / 4);
    this.#timer = setInterval(() => this.look(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Begins to replace a thread that is due, unless another one is being replaced. */
  look(): void {
    if (this.#renewing) return;
    const { threads } = this.#deps.group;
    const serving = threads.filter((thread) => this.#deps.group.serves(thread));
    const stuck = serving.find((thread) => this.#isAbandoned(thread));
    const worn = stuck ? undefined : oldestOf(serving.filter((thread) => this.#isWorn(thread)));
    if (stuck) this.#renewing = this.#replaceAbandoned(stuck);
    else if (worn) this.#renewing = this.#recycle(worn);
    void this.#renewing?.finally(() => {
      this.#renewing = undefined;
    });
  }

  #isAbandoned(thread: Thread): boolean {
    const since = this.#deps.group.connectionOf(thread)?.abandonedSince;
    return since !== undefined && this.#clock.now() - since >= this.#deps.settings.abandonedMs;
  }

  #isWorn(thread: Thread): boolean {
    const { group, settings, isNeeded } = this.#deps;
    const now = this.#clock.now();
    if (!settings.recycle || now < this.#recyclesAgainAt || !isNeeded()) return false;
    const { heapMb = Infinity, ageMs = Infinity, calls = Infinity } = settings.recycle;
    const sent = group.connectionOf(thread)?.sent ?? 0;
    return thread.gauge.heapUsedBytes >= heapMb * 2 ** 20 || now - thread.madeAt >= ageMs || sent >= calls;
  }

  /** Replaces a thread that may be stuck: it gets no new work from now on. */
  async #replaceAbandoned(thread: Thread): Promise<void> {
    const { group, isNeeded, fill } = this.#deps;
    group.withdraw(thread);
    if (isNeeded()) await fill(thread.name.thread);
    await this.seeOff(thread);
  }

  /** Replaces a thread that takes calls until its replacement does. */
  async #recycle(thread: Thread): Promise<void> {
    const { replace, emit } = this.#deps;
    const now = this.#clock.now();
    const isShort = now - thread.madeAt < SHORT_LIFE_MS;
    this.#pauseMs = isShort ? Math.min(Math.max(LOOK_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS) : 0;
    this.#recyclesAgainAt = now + this.#pauseMs;
    try {
      await replace(thread.name.thread);
    } catch {
      // The new thread's death is already an event. The old thread goes on; recycling is tried again after a pause.
      this.#recyclesAgainAt = this.#clock.now() + LONGEST_PAUSE_MS;
      return;
    }
    emit({ type: 'threadReplaced', ...thread.name, reason: 'recycled' });
    await this.seeOff(thread);
  }

  /** Ends a thread that takes no new calls, once nothing is pending on it. */
  async seeOff(thread: Thread): Promise<void> {
    const { group, settings, late, gone, emit } = this.#deps;
    const reasons = { late: late(thread), gone: gone(thread) };
    for (const error of await group.seeOff(thread, settings.drainMs, reasons))
      emit({ type: 'hookFailed', error });
  }
}

/** Returns the thread that was made first, so that one that wears quickly does not keep the others from their turn. */
function oldestOf<Thread extends RenewedThread>(threads: readonly Thread[]): Thread | undefined {
  return threads.toSorted((one, other) => one.madeAt - other.madeAt)[0];
}
