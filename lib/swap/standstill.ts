import { clearInterval, setInterval } from '../core/timers.js';
import type { LiveswapError } from '../core/errors.js';
import type { Version } from '../version/version.js';
import { UnreadReaders } from './unread-readers.js';

/** Interval in milliseconds between checks whether a closing swapper waits for itself. */
const LOOK_MS = 20;

/**
 * Detects that a closing swapper waits for callers that wait for the closing: plugin calls that await `close()` in the host, and
 * loops of the host over streams or iterators of a plugin.
 */
export class Standstill {
  readonly #versions: Iterable<Version>;
  readonly #closed: LiveswapError;
  readonly #timer: NodeJS.Timeout;
  readonly #readers = new UnreadReaders();
  #inChains: (() => void)[] = [];

  /** `closed` is the error for inactive readers. */
  constructor(versions: Iterable<Version>, closed: LiveswapError) {
    this.#versions = versions;
    this.#closed = closed;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Resolves when only those call chains that wait for this promise remain in progress, or when the closing has ended. */
  inChain(): Promise<void> {
    return new Promise((resolve) => this.#inChains.push(resolve));
  }

  /** Ends the checks: the swapper has closed. */
  end(): void {
    clearInterval(this.#timer);
    this.#resolve();
  }

  #look(): void {
    if (this.#inChains.length > 0 && this.#onlyChains()) this.#resolve();
    else if (this.#onlyUnread()) this.#returnUnread();
  }

  /** Returns true when every pending call waits for another one, or for `close()` at the end of its chain. */
  #onlyChains(): boolean {
    let asksHost = 0;
    let nested = 0;
    for (const version of this.#versions) {
      if (version.balancer.queued > 0 || !version.outsideWork.isIdle) return false;
      for (const thread of version.threads) {
        if (thread.death) continue;
        const calls = [...(version.group.connectionOf(thread)?.calls ?? [])];
        if (calls.length + thread.gauge.held > thread.asksHost + thread.gauge.asking) return false;
        asksHost += thread.asksHost;
        nested += calls.filter((call) => call.nested).length;
      }
    }
    // Apart from nested calls, the only work the host does for plugins must be closing.
    return asksHost - nested === this.#inChains.length;
  }

  /** Returns true when only streams and iterators remain that a host reader has not read from for some time. */
  #onlyUnread(): boolean {
    let pulls = 0;
    let open = 0;
    for (const version of this.#versions) {
      const { balancer, outsideWork } = version;
      if (balancer.pending > 0 || balancer.queued > 0 || !outsideWork.isIdle) return false;
      for (const thread of version.threads) {
        const { pulled } = thread.link;
        if (thread.death) continue;
        if (pulled.isPulling || thread.gauge.held > pulled.open) return false;
        pulls += pulled.pulls;
        open += thread.gauge.held;
      }
    }
    const areInactive = this.#readers.areInactive(pulls);
    return open > 0 && areInactive;
  }

  #returnUnread(): void {
    for (const { threads } of this.#versions) for (const thread of threads) thread.interrupt(this.#closed);
  }

  #resolve(): void {
    for (const resolve of this.#inChains.splice(0)) resolve();
  }
}
