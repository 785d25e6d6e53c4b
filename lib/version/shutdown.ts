import { setImmediate as turnEnd } from 'node:timers/promises';
import { withDeadline } from '../core/deadline.js';
import type { LiveswapError } from '../core/errors.js';
import type { StateMachine } from '../core/state-machine.js';
import { untilAborted } from '../core/until-aborted.js';
import type { Call } from '../dispatch/call.js';
import type { SwapEvent } from '../observe/events.js';
import { LEAVE_MS } from './thread-handle.js';
import type { Cause } from '../plugin/cause.js';
import type { VersionActivity } from './version-activity.js';
import type { ThreadGroup } from './thread-group.js';
import type { VersionSettings } from './version-settings.js';
import { wayOut, type VersionState } from './version-state.js';

/** What is brought to its end. */
type EndedThreads = Pick<
  ThreadGroup,
  'announceDrain' | 'end' | 'free' | 'halt' | 'interrupt' | 'isIdle' | 'refuse' | 'whenIdle'
> & { readonly balancer: Pick<ThreadGroup['balancer'], 'handOver' | 'refuse'> };

/** What a shutdown works with. */
export interface ShutdownDeps {
  readonly life: StateMachine<VersionState>;
  readonly settings: Pick<VersionSettings, 'drainMs' | 'freeMs' | 'yieldMs'>;
  readonly group: EndedThreads;
  /** Resolves when no version that imports this one has threads any more. */
  readonly dependentsRetired: () => Promise<unknown>;
  /** Its threads are about to be ended: nothing of it is watched any more. */
  readonly onEnding: () => void;
  readonly leavesBy: () => Cause;
  readonly exclusive: boolean;
  readonly activity: Pick<VersionActivity, 'isActive' | 'yield'>;
  /** Why something of it that is still pending is given up. */
  readonly late: () => LiveswapError;
  /** Why it takes no calls any more. */
  readonly gone: () => LiveswapError;
  readonly emit: (event: SwapEvent) => void;
}

/** How a version is let go. */
export interface DrainOptions {
  /** Takes the calls that wait; without it, they are waited for. */
  readonly newest?: (call: Call) => void;
  /** Milliseconds from now, instead of those of the settings. */
  readonly drainMs?: number;
}

/**
 * The end of a version, to be had in several ways and at the same time: drained, given up as it came up, or cut off. A thread
 * ends in this order: `onFree`, its resources and its port are closed, its event loop runs dry; it is terminated last.
 */
export class Shutdown {
  /** Resolves when its threads are gone. */
  readonly retired: Promise<void>;
  readonly #deps: ShutdownDeps;
  /** Aborted when draining is to end now. */
  readonly #cut = new AbortController();
  #drained: Promise<void> | undefined;
  #markRetired!: () => void;

  constructor(deps: ShutdownDeps) {
    this.#deps = deps;
    this.retired = new Promise((resolve) => {
      this.#markRetired = resolve;
    });
  }

  /** Lets what is pending finish, then frees it. Resolves when its threads are gone; idempotent. */
  drain(options: DrainOptions): Promise<void> {
    this.#drained ??= this.#drain(options);
    return this.#drained;
  }

  /** Draining ends now, as when its time is over. */
  cut(error: LiveswapError): void {
    this.#cut.abort(error);
  }

  /** Stops it coming up: resolves when none of its hooks is under way any more. */
  async halt(error: LiveswapError): Promise<void> {
    const { life, group } = this.#deps;
    if (life.state.kind === 'retired') return;
    if (life.state.kind !== 'failed') life.transition({ kind: 'failed', error });
    // Those that import it still reach it, from their onFree.
    group.balancer.refuse(error);
    await group.halt(error);
  }

  /** Runs `onFree` in its threads and ends them, without waiting for what is pending. */
  async abandon(error: LiveswapError): Promise<void> {
    if (this.#deps.life.state.kind === 'retired') return;
    await this.#freeAndEnd(error);
  }

  /** Ends its threads now; what is pending rejects with `error`. */
  async destroy(error: LiveswapError): Promise<void> {
    const { life, group } = this.#deps;
    if (life.state.kind === 'retired') return;
    group.refuse(error);
    await this.#end(error, LEAVE_MS);
  }

  async #drain({ newest, drainMs }: DrainOptions): Promise<void> {
    const { life, settings, group, exclusive, activity, onEnding } = this.#deps;
    // One that was given up is not tried again.
    if (life.state.kind === 'failed') onEnding();
    // What takes work stops taking it before what it took is waited for; what only one may do ends with the last of it.
    if (!exclusive && activity.isActive) await this.yield();
    if (life.state.kind === 'ready') life.transition({ kind: 'active' });
    if (life.state.kind === 'active') life.transition({ kind: 'draining', since: Date.now() });
    if (newest) group.balancer.handOver(newest);
    // Those that waited for the swap go on first.
    await turnEnd();
    group.announceDrain();
    await this.#whenDrained(drainMs ?? settings.drainMs);
    if (exclusive) await this.yield();
    const gone = this.#deps.gone();
    group.refuse(gone);
    await this.#freeAndEnd(gone);
  }

  /**
   * Resolves when no version that imports this one is up any more and nothing of it is pending. What is still pending after
   * `drainMs` is given up: its callers are told, and it is told so itself, which `onFree` may need to know.
   */
  async #whenDrained(drainMs: number): Promise<void> {
    const { group, late } = this.#deps;
    const dependentsRetired = this.#deps.dependentsRetired();
    const quiet = dependentsRetired.then(() => group.whenIdle());
    try {
      await untilAborted(this.#cut.signal, withDeadline(quiet, drainMs, late));
    } catch (error) {
      // What was only waiting for its dependents to be freed is still to be freed itself.
      if (!group.isIdle) {
        group.refuse(error as LiveswapError);
        group.interrupt(error as LiveswapError);
      }
      await dependentsRetired;
    }
  }

  /** Runs `onYield`, unless another version took over. */
  async yield(): Promise<void> {
    const { activity, settings, leavesBy, emit } = this.#deps;
    await activity.yield(leavesBy(), settings.yieldMs).catch((error: unknown) => {
      emit({ type: 'hookFailed', error: error as LiveswapError });
    });
  }

  async #freeAndEnd(cause: LiveswapError): Promise<void> {
    const { settings, group, emit, leavesBy } = this.#deps;
    const began = performance.now();
    for (const error of await group.free(leavesBy())) emit({ type: 'hookFailed', error });
    const leftMs = settings.freeMs - (performance.now() - began);
    await this.#end(cause, Math.max(leftMs, LEAVE_MS));
  }

  async #end(cause: LiveswapError, graceMs: number): Promise<void> {
    const { life, group, onEnding } = this.#deps;
    onEnding();
    await group.end(cause, graceMs);
    for (const next of wayOut(life.state.kind, cause)) life.transition(next);
    this.#markRetired();
  }
}
