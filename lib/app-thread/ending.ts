import { isTimeable } from '../core/deadline.js';
import { setTimeout } from '../core/timers.js';
import type { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import type { HttpConnections } from '../sockets/thread/http-connections.js';
import type { TunnelEnd } from '../sockets/thread/tunnel-end.js';
import { hasShutdownHandlers, runShutdownHandlers } from './shutdown-handlers.js';

/** Interval between checks for requests that have begun, in milliseconds. */
const LOOK_MS = 20;

/**
 * Time after which an app handles its end even if requests are open, in milliseconds, or half of `shutdownMs` if that is longer:
 * Docker ends a process by force 10 s after the signal.
 */
const LONGEST_REQUESTS_MS = 5_000;

/** Dependencies of an {@link Ending}. */
export interface EndingDeps {
  readonly end: TunnelEnd;
  readonly connections: HttpConnections;
  /** Resolves when enough time has passed since the last request. */
  readonly lingered: () => Promise<void>;
  /** Milliseconds that the app's own shutdown handlers may take. */
  readonly shutdownMs: number;
}

/** How an app ends: its requests first, then the connections that last until somebody ends them, and then all else. */
export class Ending {
  readonly #deps: EndingDeps;
  #shutdown: Promise<boolean> | undefined;
  #isHandled = false;

  constructor(deps: EndingDeps) {
    this.#deps = deps;
  }

  /** True once handlers of the app have begun to end it: nothing waits any more for what its requests leave behind from then on. */
  get isHandled(): boolean {
    return this.#isHandled;
  }

  /**
   * Lets the app end the connections that last, once its requests have ended. Nobody else can end them in order, and the app would
   * last as long as they do. So would it for a request that waits for the app to answer, such as a long poll: the app's handlers
   * do not wait for such a request for ever.
   */
  async endLasting(): Promise<void> {
    const { end, lingered, shutdownMs } = this.#deps;
    void passed(Math.max(LONGEST_REQUESTS_MS, shutdownMs / 2)).then(() => this.#handleEnd());
    while (this.#lasting.length < end.sockets.length) await passed(LOOK_MS);
    if (end.sockets.length === 0) return;
    await lingered();
    await this.#handleEnd();
  }

  /** Runs the app's own shutdown handlers, once, for `shutdownMs` at most. See {@link runShutdownHandlers}. */
  shutDown(): Promise<boolean> {
    if (!this.#shutdown) {
      this.#isHandled = hasShutdownHandlers();
      this.#shutdown = Promise.race([runShutdownHandlers(), this.#late()]);
    }
    return this.#shutdown;
  }

  async #handleEnd(): Promise<void> {
    // An error of a handler is told when the thread is closed.
    if (await this.shutDown().catch(() => true)) for (const socket of this.#lasting) socket.destroy();
  }

  async #late(): Promise<never> {
    const { shutdownMs } = this.#deps;
    await passed(shutdownMs);
    throw new Error(
      `the app's handlers of SIGTERM, SIGINT or beforeExit did not end it within ${shutdownMs} ms (shutdownMs)`,
    );
  }

  /** Connections on which no requests are read, and streams of events. */
  get #lasting(): readonly CrossedSocket[] {
    const { connections } = this.#deps;
    return [...connections.others, ...connections.ofEvents];
  }
}

/** Resolves after `ms`, if that {@link isTimeable}, without keeping the thread alive. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (isTimeable(ms)) setTimeout(resolve, ms).unref();
  });
}
