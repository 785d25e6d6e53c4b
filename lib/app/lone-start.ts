import { withDeadline } from '../core/deadline.js';
import { performance } from '../core/timers.js';
import { whenQuiet } from '../handover/quiet.js';
import type { Version } from '../version/version.js';

/** Time for threads to return connections that are between two requests, in milliseconds. */
const STAYING_MS = 500;

/** Dependencies of a {@link LoneStart}. */
export interface LoneStartDeps {
  /** Ends connections that cannot move to another version. */
  readonly dropWhatStays: (version: Version) => void;
  /** Resolves when a version listens where it did, is late, or is given up. */
  readonly whenUp: (version: Version) => Promise<void>;
  /** Logs a sentence for people. */
  readonly tell: (text: string) => void;
}

/** A version that has ended to make way for the next. */
interface Resting {
  readonly version: Version;
  readonly since: number;
  /** Evaluates its files again in a fresh thread. */
  readonly wake: () => Promise<void>;
}

/**
 * The start of an app that, while it is evaluated, opens resources that may be open only once (`exclusive: 'start'`). The old
 * version ends before the new one begins, and requests wait meanwhile. If the new one is refused, the old one begins again.
 */
export class LoneStart {
  readonly #deps: LoneStartDeps;
  #resting: Resting | undefined;
  #waking: Promise<void> = Promise.resolve();
  #isSaid = false;

  constructor(deps: LoneStartDeps) {
    this.#deps = deps;
  }

  /**
   * Ends the threads of `version` once its requests are over and its handlers of SIGTERM have run.
   *
   * @throws LiveswapError `YIELD_TIMEOUT` when its requests do not end within `yieldMs`; the version then continues
   */
  async makeWay(version: Version): Promise<void> {
    // The version may still be starting again after a refused reload.
    await this.#waking;
    const since = performance.now();
    const { exclusive, outsideWork, activity, settings } = version;
    try {
      const held = outsideWork.setGated(true);
      activity.beginYield();
      // Connections that stay longer cannot move to another version. In a version that is not exclusive, requests may stay as
      // well.
      const stayingMs = exclusive ? STAYING_MS : settings.yieldMs;
      const left = held.then(() => outsideWork.whenIdle());
      await withDeadline(left, stayingMs, () => new Error('some stay')).catch(() => {});
      await whenQuiet([version], settings.yieldMs, held);
      // The end of a request is known before the last bytes of its answer have crossed.
      await whenQuiet([version], settings.yieldMs, outsideWork.setGated(true));
    } catch (error) {
      activity.resume();
      void outsideWork.setGated(false);
      throw error;
    }
    this.#deps.dropWhatStays(version);
    const wake = await version.rest();
    this.#resting = { version, since, wake };
  }

  /** Begins the old version again, because the reload was refused. */
  refused(): void {
    const resting = this.#resting;
    this.#resting = undefined;
    if (!resting) return;
    const { version, wake } = resting;
    this.#waking = this.#wake(version, wake);
  }

  async #wake(version: Version, wake: Resting['wake']): Promise<void> {
    await wake();
    await this.#deps.whenUp(version);
    await version.outsideWork.setGated(false);
  }

  /** Forgets the old version, because the new one is current. */
  replaced(): void {
    const resting = this.#resting;
    this.#resting = undefined;
    if (!resting || this.#isSaid) return;
    this.#isSaid = true;
    const ms = Math.round(performance.now() - resting.since);
    this.#deps.tell(
      `Requests waited ${ms} ms: the old version ends before the new one starts (exclusive: 'start'), and each reload takes as long.`,
    );
  }
}
