import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { performance } from '../core/timers.js';
import type { Version } from '../version/version.js';
import { Standstill } from './standstill.js';

/** Parts of a swapper that end with its lifetime, and how they end. */
export interface LifetimeDeps {
  /** Every version that has threads; read again each time. */
  readonly alive: ReadonlySet<Version>;
  /** Time limit for pending calls, in milliseconds. */
  readonly drainMs: number;
  /** Resolves when no change of generation is in progress. */
  readonly changesSettled: () => Promise<unknown>;
  /** Cleans up after every thread has ended. */
  readonly cleanUp: () => Promise<void>;
}

/** State of a swapper; `done` resolves when it has ended completely. */
type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing'; readonly done: Promise<void> }
  | { readonly kind: 'destroyed'; readonly done: Promise<void> };

/** Lifetime of a swapper: open until it is closed, which drains, or destroyed, which does not. */
export class Lifetime {
  readonly #ending = new AbortController();
  #state: State = { kind: 'open' };
  #cleaned: Promise<void> | undefined;
  #standstill: Standstill | undefined;

  /** Signal that aborts with `CLOSED` when the end begins, to cancel operations in progress. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** @throws LiveswapError `CLOSED` once the end has begun */
  check(): void {
    if (this.#state.kind !== 'open') throw closedError();
  }

  /** Lets pending calls finish first. Idempotent. */
  close(deps: LifetimeDeps): Promise<void> {
    if (this.#state.kind === 'open') this.#state = { kind: 'closing', done: this.#close(deps) };
    return this.#state.done;
  }

  /** Ends without waiting for pending calls. Idempotent. */
  destroy(deps: LifetimeDeps): Promise<void> {
    if (this.#state.kind !== 'destroyed') this.#state = { kind: 'destroyed', done: this.#destroy(deps) };
    return this.#state.done;
  }

  /**
   * Works like {@link close}, for a call chain of a plugin that awaits it: resolves when everything else has ended, because that
   * call can only end afterwards.
   */
  closeInChain(deps: LifetimeDeps): Promise<void> {
    const closed = this.close(deps);
    return this.#standstill ? Promise.race([this.#standstill.inChain(), closed]) : closed;
  }

  async #close(deps: LifetimeDeps): Promise<void> {
    const { alive, drainMs, changesSettled } = deps;
    const error = closedError();
    const standstill = new Standstill(alive, error);
    this.#standstill = standstill;
    this.#ending.abort(error);
    try {
      await changesSettled();
      await drainAll([...alive], drainMs);
      await this.#cleanUp(deps);
    } finally {
      standstill.end();
    }
  }

  async #destroy(deps: LifetimeDeps): Promise<void> {
    const { alive, changesSettled } = deps;
    const error = closedError();
    this.#ending.abort(error);
    do {
      await Promise.all([...alive].map((version) => version.shutdown.destroy(error)));
      await changesSettled();
    } while (alive.size > 0);
    await this.#cleanUp(deps);
  }

  #cleanUp(deps: LifetimeDeps): Promise<void> {
    this.#cleaned ??= deps.cleanUp();
    return this.#cleaned;
  }
}

function closedError(): LiveswapError {
  return new LiveswapError('CLOSED', 'This swapper is closed.');
}

/** Drains all versions after all are idle: a job that is still running may call any of the others. */
async function drainAll(versions: readonly Version[], drainMs: number): Promise<void> {
  const began = performance.now();
  for (const version of versions) if (version.exclusive) version.activity.beginYield();
  await Promise.all(
    versions.filter(({ exclusive }) => !exclusive).map((version) => version.shutdown.yield()),
  );
  for (const version of versions) void version.group.announceDrain();
  // The drain of each version rejects calls that are late by then.
  await withDeadline(allIdle(versions), drainMs, () => undefined).catch(() => {});
  const leftMs = Math.max(0, drainMs - (performance.now() - began));
  await Promise.all(versions.map((version) => version.shutdown.drain({ drainMs: leftMs })));
}

async function allIdle(versions: readonly Version[]): Promise<void> {
  do await Promise.all(versions.map((version) => version.group.whenIdle()));
  while (!versions.every((version) => version.group.isIdle));
}
