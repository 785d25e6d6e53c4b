import { clearInterval, setInterval } from '../core/timers.js';
import type { LiveswapError } from '../core/errors.js';
import type { Version } from '../version/version.js';

/** So often it is looked whether a swapper that closes waits for itself. */
const LOOK_MS = 20;
/** A reader that has not asked for more in so long does not read: it waits for the end, or has gone. */
const UNREAD_MS = 1_000;

/**
 * Finds out that a swapper which closes waits for those who wait for the closing: calls of plugins that await `close()` in the host,
 * and loops of the host over what a plugin gave it.
 */
export class Standstill {
  readonly #versions: Iterable<Version>;
  readonly #closed: LiveswapError;
  readonly #timer: NodeJS.Timeout;
  #inChains: (() => void)[] = [];
  #pulls = -1;
  #unreadSince = 0;

  /** `closed` is what readers get that do not read. */
  constructor(versions: Iterable<Version>, closed: LiveswapError) {
    this.#versions = versions;
    this.#closed = closed;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Resolves when nothing is under way any more but chains of calls that wait for this, or when the closing is over. */
  inChain(): Promise<void> {
    return new Promise((resolve) => this.#inChains.push(resolve));
  }

  /** The closing is over. */
  end(): void {
    clearInterval(this.#timer);
    this.#resolve();
  }

  #look(): void {
    if (this.#inChains.length > 0 && this.#onlyChains()) this.#resolve();
    else if (this.#onlyUnread()) this.#returnUnread();
  }

  /** Whether every call that is pending waits for another one, or for `close()` at the end of its chain. */
  #onlyChains(): boolean {
    let asksHost = 0;
    let nested = 0;
    for (const version of this.#versions) {
      if (version.balancer.queued > 0 || !version.outsideWork.isIdle) return false;
      for (const thread of version.threads) {
        if (thread.death) continue;
        const calls = [...(version.connectionOf(thread)?.calls ?? [])];
        if (calls.length + thread.held > thread.asksHost + thread.asksOthers) return false;
        asksHost += thread.asksHost;
        nested += calls.filter((call) => call.nested).length;
      }
    }
    // What the host does for plugins, beside calling others for them, is to close.
    return asksHost - nested === this.#inChains.length;
  }

  /** Whether nothing is left but streams and iterators that a reader in the host has not asked for long. */
  #onlyUnread(): boolean {
    let pulls = 0;
    let open = 0;
    for (const version of this.#versions) {
      const { balancer, outsideWork } = version;
      if (balancer.pending > 0 || balancer.queued > 0 || !outsideWork.isIdle) return false;
      for (const thread of version.threads) {
        const { pulled } = thread.link;
        if (thread.death) continue;
        if (pulled.isPulling || thread.held > pulled.open) return false;
        pulls += pulled.pulls;
        open += thread.held;
      }
    }
    const now = performance.now();
    if (pulls !== this.#pulls) this.#unreadSince = now;
    this.#pulls = pulls;
    return open > 0 && now - this.#unreadSince >= UNREAD_MS;
  }

  #returnUnread(): void {
    for (const { threads } of this.#versions) for (const thread of threads) thread.interrupt(this.#closed);
  }

  #resolve(): void {
    for (const resolve of this.#inChains.splice(0)) resolve();
  }
}
