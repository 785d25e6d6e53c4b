import { availableParallelism } from 'node:os';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { withDeadline } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import type { StateMachine } from '../core/state-machine.js';
import { Semaphore } from '../core/semaphore.js';
import { untilAborted } from '../core/until-aborted.js';
import { performance } from '../core/timers.js';
import type { Call } from '../dispatch/call.js';
import type { SwapEvent } from '../observe/events.js';
import { LEAVE_MS } from './thread-handle.js';
import type { Cause } from '../plugin/cause.js';
import { LONGEST_TOLD_MS, told } from './told.js';
import type { VersionActivity } from './version-activity.js';
import type { ThreadGroup } from './thread-group.js';
import type { VersionSettings } from './version-settings.js';
import { wayOut, type VersionState } from './version-state.js';

/**
 * The versions whose threads leave at the same time, of all swappers. Each thread that leaves takes a core for some 10 ms: 400
 * that left at once took the cores from the host's thread for three seconds.
 */
const leavers = new Semaphore(availableParallelism());
/** After this long, threads that do not leave by themselves hold up the others no longer. */
const LONGEST_LEAVE_MS = 100;

/** The threads that are ended. */
type EndedThreads = Pick<
  ThreadGroup,
  'announceDrain' | 'end' | 'free' | 'halt' | 'interrupt' | 'isIdle' | 'refuse' | 'whenIdle'
> & { readonly balancer: Pick<ThreadGroup['balancer'], 'handOver' | 'refuse'> };

/** Dependencies of a {@link Shutdown}. */
export interface ShutdownDeps {
  readonly life: StateMachine<VersionState>;
  readonly settings: Pick<VersionSettings, 'drainMs' | 'freeMs'>;
  readonly group: EndedThreads;
  /** Resolves when no version that imports this one has threads any more. */
  readonly dependentsRetired: () => Promise<unknown>;
  /** Called just before the threads are ended, to stop all monitoring of the version. */
  readonly onEnding: () => void;
  readonly leavesBy: () => Cause;
  readonly exclusive: boolean;
  readonly activity: Pick<VersionActivity, 'isActive' | 'takeTurn' | 'yield'>;
  /** Creates the error for work that is given up while it is still pending. */
  readonly late: () => LiveswapError;
  /** Creates the error for calls that come too late. */
  readonly gone: () => LiveswapError;
  readonly emit: (event: SwapEvent) => void;
}

/** Options for draining a version. */
export interface DrainOptions {
  /** Takes the waiting calls; without it, draining waits for them. */
  readonly newest?: (call: Call) => void;
  /** Milliseconds from now; overrides the settings. */
  readonly drainMs?: number;
}

/**
 * The end of a version. It can be reached in several ways, even at the same time: the version is drained, given up while it comes
 * up, or cut off. A thread ends in this order: `onFree` runs, its resources and its port are closed, its event loop runs dry, and
 * last of all it is terminated.
 */
export class Shutdown {
  /** Resolves when the version's threads are gone. */
  readonly retired: Promise<void>;
  readonly #deps: ShutdownDeps;
  /** Aborted when draining must end now. */
  readonly #cut = new AbortController();
  #drained: Promise<void> | undefined;
  #markRetired!: () => void;

  constructor(deps: ShutdownDeps) {
    this.#deps = deps;
    this.retired = new Promise((resolve) => {
      this.#markRetired = resolve;
    });
  }

  /** Lets pending work finish, then frees the version. Resolves when the version's threads are gone; idempotent. */
  drain(options: DrainOptions): Promise<void> {
    this.#drained ??= this.#drain(options);
    return this.#drained;
  }

  /** Ends draining now, as if its time were over. */
  cut(error: LiveswapError): void {
    this.#cut.abort(error);
  }

  /** Stops the start of the version. Resolves when none of its hooks is running any more. */
  async halt(error: LiveswapError): Promise<void> {
    const { life, group } = this.#deps;
    if (life.state.kind === 'retired') return;
    if (life.state.kind !== 'failed') life.transition({ kind: 'failed', error });
    // Importers can still reach the version from their own `onFree`.
    group.balancer.refuse(error);
    await group.halt(error);
  }

  /** Runs `onFree` in the threads and ends them, without waiting for pending work. */
  async abandon(error: LiveswapError): Promise<void> {
    if (this.#deps.life.state.kind === 'retired') return;
    await this.#freeAndEnd(error);
  }

  /** Ends the threads now; pending work rejects with `error`. */
  async destroy(error: LiveswapError): Promise<void> {
    const { life, group, onEnding } = this.#deps;
    if (life.state.kind === 'retired') return;
    group.refuse(error);
    onEnding();
    await this.#end(error, LEAVE_MS);
  }

  async #drain({ newest, drainMs }: DrainOptions): Promise<void> {
    const { life, settings, group, exclusive, activity, onEnding } = this.#deps;
    // A version that was given up is not tried again.
    if (life.state.kind === 'failed') onEnding();
    // Resources that take work stop taking it before the work they took is awaited; exclusive activity ends with the last of its
    // work.
    if (!exclusive && activity.isActive) await this.yield();
    if (life.state.kind === 'ready') life.transition({ kind: 'active' });
    if (life.state.kind === 'active') life.transition({ kind: 'draining', since: Date.now() });
    if (newest) group.balancer.handOver(newest);
    // Callers that waited for the swap go on first.
    await turnEnd();
    const leave = await told.enter(LONGEST_TOLD_MS);
    void group.announceDrain().then(leave);
    await this.#whenDrained(drainMs ?? settings.drainMs);
    if (exclusive) await this.yield();
    const gone = this.#deps.gone();
    group.refuse(gone);
    await this.#freeAndEnd(gone);
  }

  /**
   * Resolves when no version that imports this one is up any more and none of its work is pending. Work that is still pending
   * after `drainMs` is given up: its callers are told, and so is the version, because `onFree` may need to know.
   */
  async #whenDrained(drainMs: number): Promise<void> {
    const { group, late } = this.#deps;
    const dependentsRetired = this.#deps.dependentsRetired();
    const quiet = dependentsRetired.then(() => group.whenIdle());
    try {
      await untilAborted(this.#cut.signal, withDeadline(quiet, drainMs, late));
    } catch (error) {
      // A version that only waited for its dependents to be freed must still be freed itself.
      if (!group.isIdle) {
        group.refuse(error as LiveswapError);
        group.interrupt(error as LiveswapError);
      }
      await dependentsRetired;
    }
  }

  /** Runs `onYield`, unless another version took over. */
  async yield(): Promise<void> {
    const { activity, leavesBy, emit } = this.#deps;
    const endTurn = await activity.takeTurn();
    await activity.yield(leavesBy()).catch((error: unknown) => {
      emit({ type: 'hookFailed', error: error as LiveswapError });
    });
    endTurn();
  }

  async #freeAndEnd(cause: LiveswapError): Promise<void> {
    const { settings, group, emit, leavesBy, onEnding } = this.#deps;
    const toldAll = await told.enter(LONGEST_TOLD_MS);
    const began = performance.now();
    for (const error of await group.free(leavesBy())) emit({ type: 'hookFailed', error });
    toldAll();
    // A thread that dies while the others wait for their turn is not replaced.
    onEnding();
    const leftMs = settings.freeMs - (performance.now() - began);
    const leave = await leavers.enter(LONGEST_LEAVE_MS);
    await this.#end(cause, Math.max(leftMs, LEAVE_MS));
    leave();
  }

  async #end(cause: LiveswapError, graceMs: number): Promise<void> {
    const { life, group } = this.#deps;
    await group.end(cause, graceMs);
    for (const next of wayOut(life.state.kind, cause)) life.transition(next);
    this.#markRetired();
  }
}
