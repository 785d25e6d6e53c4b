import type { LiveswapError } from '../core/errors.js';
import { systemClock, type Clock } from '../core/clock.js';
import type { Balancer } from '../dispatch/balancer.js';
import type { SwapEvent } from '../observe/events.js';
import { CrashLoop, type GiveUp } from './crash-loop.js';
import type { ThreadHandle } from './thread-handle.js';
import type { VersionSettings } from './version-settings.js';
import type { VersionState } from './version-state.js';
import { Watchdog, type WatchedThread } from './watchdog.js';

/** A thread as its supervisor sees it. */
export type SupervisedThread = WatchedThread & Pick<ThreadHandle, 'name' | 'death' | 'isStarting'>;

/** The threads of one version as their supervisor sees them. */
export interface SupervisedThreads<Thread extends SupervisedThread> {
  readonly threads: readonly Thread[];
  readonly busy: readonly Thread[];
  readonly balancer: Pick<Balancer, 'queued' | 'connections'>;
  serves(thread: Thread): boolean;
  isComing(thread: Thread): boolean;
  isLeaving(thread: Thread): boolean;
  isOwed(thread: Thread): boolean;
  isFilled(index: number): Promise<boolean>;
  remove(thread: Thread, crash: LiveswapError): void;
  refuse(refusal: LiveswapError): void;
  readmit(): void;
}

/** Dependencies of a {@link Supervisor}. */
export interface SupervisorDeps<Thread extends SupervisedThread> {
  readonly settings: Pick<VersionSettings, 'crashLoop' | 'stuckMs'>;
  readonly state: () => VersionState;
  readonly group: SupervisedThreads<Thread>;
  /** True while a version that imports this one is up. */
  readonly isImported: () => boolean;
  /** True when some calls can only go to one certain thread. */
  readonly hasHomes: boolean;
  /** Puts a new thread in the place of another. @throws the failure of the new thread */
  readonly replace: (index: number) => Promise<Thread>;
  /**
   * Gives up the version, whose threads died too often, the last one with `cause`. Returns the error with which its calls are
   * refused.
   */
  readonly giveUp: (verdict: GiveUp, cause: LiveswapError) => LiveswapError;
  /** Called when a thread has come up again after the version was given up. */
  readonly revive: () => void;
  readonly emit: (event: SwapEvent) => void;
}

/**
 * Watches over the threads of a version: removes threads that die, replaces them with back-off, ends those that are stuck, gives
 * up, and tries again with growing pauses.
 */
export class Supervisor<Thread extends SupervisedThread = ThreadHandle> {
  readonly #deps: SupervisorDeps<Thread>;
  readonly #crashes: CrashLoop;
  readonly #watchdog: Watchdog | undefined;
  readonly #clock: Clock;
  /** Functions that cancel each of the waiting steps. */
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(deps: SupervisorDeps<Thread>, clock: Clock = systemClock) {
    this.#deps = deps;
    this.#clock = clock;
    const { crashLoop, stuckMs } = deps.settings;
    this.#crashes = new CrashLoop(crashLoop, clock);
    if (stuckMs !== undefined) this.#watchdog = new Watchdog(stuckMs, () => deps.group.busy, clock);
  }

  /**
   * Starts to replace dead threads, including those that have already died. Called when the version becomes active, and when it
   * goes on after a {@link stop}.
   */
  start(): void {
    this.#isStopped = false;
    this.#watchdog?.start();
    for (const { death, name } of this.#deps.group.threads) if (death) this.#recover(name.thread, death);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopReplacing();
    this.#watchdog?.stop();
  }

  onDeath(thread: Thread, error: LiveswapError): void {
    const { group, emit } = this.#deps;
    // The death of a thread that comes up is reported to whoever waits for it; a leaving thread is replaced already.
    const isCurrent = !group.isComing(thread) && !group.isLeaving(thread);
    // The link gives the thread's calls back only later.
    const isOwed = this.#deps.state().kind === 'draining' && group.isOwed(thread);
    group.remove(thread, error);
    emit({ type: 'threadCrashed', ...thread.name, error });
    if (isCurrent && (isOwed || this.isNeeded)) this.#recover(thread.name.thread, error, !thread.isStarting);
    else if (this.#isLost) group.refuse(error);
  }

  /** Puts a new thread in the place of one that was withdrawn; a failure to come up counts like a death. */
  async replace(index: number, reason: 'crashed' | 'abandoned' | 'recycled'): Promise<void> {
    const { group, replace, state, emit } = this.#deps;
    // A thread that died while it was recycled has a successor already.
    if (reason === 'crashed' && (await group.isFilled(index))) return;
    if (!this.isNeeded) return;
    try {
      const thread = await replace(index);
      if (state().kind === 'draining') thread.ask('drain', []).catch(() => {});
      emit({ type: 'threadReplaced', ...thread.name, reason });
    } catch (error) {
      this.#recover(index, error as LiveswapError, false);
    }
  }

  /** True when the death of the next thread would make the supervisor give up the version. */
  get isLastTry(): boolean {
    return this.#crashes.isLastTry;
  }

  /** True while a dead thread must be replaced: a draining version may still have calls of its own to finish. */
  get isNeeded(): boolean {
    const { state, group, isImported, hasHomes } = this.#deps;
    const { kind } = state();
    return (
      kind === 'active' || (kind === 'draining' && (group.balancer.queued > 0 || hasHomes || isImported()))
    );
  }

  /** True when nothing will take the waiting calls: the version will not come up any more, or has no thread left. */
  get #isLost(): boolean {
    const { state, group } = this.#deps;
    const { kind } = state();
    const isComingUp = kind === 'starting' || kind === 'ready';
    return isComingUp || (kind === 'draining' && group.balancer.connections.length === 0);
  }

  /** Handles the death of thread `index` with `cause`, before or after it came up. */
  #recover(index: number, cause: LiveswapError, cameUp = true): void {
    if (this.#isStopped) return;
    const verdict = this.#crashes.record(cameUp);
    if (verdict.kind === 'replace') {
      return this.#later(verdict.afterMs, () => this.replace(index, 'crashed'));
    }
    this.#stopReplacing();
    const { group, giveUp, state } = this.#deps;
    group.refuse(giveUp(verdict, cause));
    if (state().kind === 'failed') this.#later(verdict.retryAfterMs, () => this.#retry(index));
  }

  /** Retries the thread that died last; once it is up, the others that died come back as well. */
  async #retry(index: number): Promise<void> {
    const { group, replace, revive, state, emit } = this.#deps;
    try {
      const thread = await replace(index);
      if (state().kind !== 'failed') return;
      this.#crashes.revived();
      revive();
      group.readmit();
      emit({ type: 'threadReplaced', ...thread.name, reason: 'crashed' });
    } catch (error) {
      return this.#recover(index, error as LiveswapError, false);
    }
    for (const { death, name } of group.threads) if (death) void this.replace(name.thread, 'crashed');
  }

  #later(ms: number, run: () => Promise<void>): void {
    const takeBack = this.#clock.after(ms, () => {
      this.#waiting.delete(takeBack);
      void run();
    });
    this.#waiting.add(takeBack);
  }

  #stopReplacing(): void {
    for (const takeBack of this.#waiting) takeBack();
    this.#waiting.clear();
  }
}
