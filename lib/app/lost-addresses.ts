import { signalAfter } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { Swapper } from '../swap/swapper.js';
import type { Version } from '../version/version.js';
import type { AddressBook } from './address-book.js';
import { listensNoMore } from './start-refusal.js';

/** Dependencies of {@link LostAddresses}. */
export interface LostAddressesDeps {
  readonly swapper: Pick<Swapper, 'on'>;
  readonly book: Pick<AddressBook<Tunnel>, 'whenNothingMissing' | 'missingFor' | 'isRefusing' | 'refuse'>;
  /** Milliseconds that a version may take to be up. */
  readonly startMs: number;
  readonly rootOf: (hash: string) => string;
  /** Logs a sentence for people. */
  readonly warn?: ((text: string) => void) | undefined;
  readonly current: () => Version | undefined;
}

/**
 * The addresses where no thread of the current version listens, because one has died. Connections wait there for the thread that
 * takes its place, but neither for ever nor for a version that is given up.
 */
export class LostAddresses {
  readonly #deps: LostAddressesDeps;
  /** The version for which addresses wait. */
  #awaited: Version | undefined;

  constructor(deps: LostAddressesDeps) {
    this.#deps = deps;
  }

  /** Has the addresses of threads that are gone wait for those that take their place, for `startMs`. */
  async wait(version: Version): Promise<void> {
    const { book, startMs, rootOf, warn, current } = this.#deps;
    if (version !== current()) return;
    this.refuseIfGivenUp();
    // A version that hands over has no threads at its end; if it goes on, this is called again.
    if (version.outsideWork.isGated || this.#awaited === version) return;
    this.#awaited = version;
    await book.whenNothingMissing(version, signalAfter(startMs)).catch(() => {
      const missing = book.missingFor(version);
      // A version that was given up meanwhile is refused with its own reason.
      if (version !== current() || missing.length === 0 || book.isRefusing) return;
      const late = listensNoMore({ version, root: rootOf(version.artifact.hash) }, startMs, missing);
      if (this.#refuse(late)) warn?.(late.message);
    });
    if (this.#awaited === version) this.#awaited = undefined;
  }

  refuseIfGivenUp(): void {
    const { state } = this.#deps.current() ?? {};
    if (state?.kind === 'failed') this.#refuse(state.error);
  }

  /** Resolves when a version listens where it did, is late, or is given up. */
  async whenUp(version: Version): Promise<void> {
    if (version.state.kind === 'failed') return;
    const { swapper, book, startMs } = this.#deps;
    const failed = new AbortController();
    const stop = swapper.on('versionFailed', () => {
      if (version.state.kind === 'failed') failed.abort();
    });
    const late = AbortSignal.any([signalAfter(startMs), failed.signal]);
    await book.whenNothingMissing(version, late).catch(() => {});
    stop();
  }

  /** Refuses connections for which no thread is there, unless they wait for a hand-over. Returns whether it does. */
  #refuse(cause: LiveswapError): boolean {
    const { book, current } = this.#deps;
    if (current()?.outsideWork.isGated) return false;
    book.refuse(cause);
    return true;
  }
}
