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
export type SupervisedThread = WatchedThread & Pick<ThreadHandle, 'name' | 'death'>;

/** The threads of one version as their supervisor sees them. */
export interface SupervisedThreads<Thread extends SupervisedThread> {
  readonly threads: readonly Thread[];
  readonly busy: readonly Thread[];
  readonly balancer: Pick<Balancer, 'queued' | 'connections'>;
  serves(thread: Thread): boolean;
  isComing(thread: Thread): boolean;
  isLeaving(thread: Thread): boolean;
  remove(thread: Thread, crash: LiveswapError): void;
  refuse(refusal: LiveswapError): void;
  readmit(): void;
}

/** What a supervisor works with. */
export interface SupervisorDeps<Thread extends SupervisedThread> {
  readonly settings: Pick<VersionSettings, 'crashLoop' | 'stuckMs'>;
  readonly state: () => VersionState;
  readonly group: SupervisedThreads<Thread>;
  /** Whether a version that imports this one is up. */
  readonly isImported: () => boolean;
  /** Puts a new thread in the place of another. @throws what it failed with */
  readonly replace: (index: number) => Promise<Thread>;
  /** Its threads died too often, the last one with `cause`: gives it up, and says what its calls are refused with. */
  readonly giveUp: (verdict: GiveUp, cause: LiveswapError) => LiveswapError;
  /** It was given up, and a thread of it has come up again. */
  readonly revive: () => void;
  readonly emit: (event: SwapEvent) => void;
}

/**
 * Watches over the threads of a version: takes out those that die, replaces them with back-off, ends those that are stuck, gives
 * up, and tries again with growing pauses.
 */
export class Supervisor<Thread extends SupervisedThread = ThreadHandle> {
  readonly #deps: SupervisorDeps<Thread>;
  readonly #crashes: CrashLoop;
  readonly #watchdog: Watchdog | undefined;
  readonly #clock: Clock;
  /** What takes back each of the steps that wait. */
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(deps: SupervisorDeps<Thread>, clock: Clock = systemClock) {
    this.#deps = deps;
    this.#clock = clock;
    const { crashLoop, stuckMs } = deps.settings;
    this.#crashes = new CrashLoop(crashLoop, clock);
    if (stuckMs !== undefined) this.#watchdog = new Watchdog(stuckMs, () => deps.group.busy, clock);
  }

  /** The version is active: from now on its dead are replaced, those included that have died already. */
  start(): void {
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
    // Of one that comes up, whoever waits for it is told; one that leaves is replaced already.
    const isCurrent = !group.isComing(thread) && !group.isLeaving(thread);
    group.remove(thread, error);
    emit({ type: 'threadCrashed', ...thread.name, error });
    if (isCurrent && this.isNeeded) this.#recover(thread.name.thread, error);
    else if (this.#isLost) group.refuse(error);
  }

  /** Puts a new thread in the place of one that was withdrawn; failing to come up counts like a death. */
  async replace(index: number, reason: 'crashed' | 'abandoned'): Promise<void> {
    if (!this.isNeeded) return;
    const { replace, state, emit } = this.#deps;
    try {
      const thread = await replace(index);
      if (state().kind === 'draining') thread.ask('drain', []).catch(() => {});
      emit({ type: 'threadReplaced', ...thread.name, reason });
    } catch (error) {
      this.#recover(index, error as LiveswapError, false);
    }
  }

  /** Whether the version is given up when the thread that comes next dies, too. */
  get isLastTry(): boolean {
    return this.#crashes.isLastTry;
  }

  /** Whether a dead thread has to be replaced: a version that drains may still have to finish calls of its own. */
  get isNeeded(): boolean {
    const { state, group, isImported } = this.#deps;
    const { kind } = state();
    return kind === 'active' || (kind === 'draining' && (group.balancer.queued > 0 || isImported()));
  }

  /** Whether nobody will take what waits: the version will not come up any more, or has no thread left. */
  get #isLost(): boolean {
    const { state, group } = this.#deps;
    const { kind } = state();
    const isComingUp = kind === 'starting' || kind === 'ready';
    return isComingUp || (kind === 'draining' && group.balancer.connections.length === 0);
  }

  /** Thread `index` died with `cause`, before or after it came up. */
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

  /** Tries the thread that died last; when that is up, those that died beside it come back as well. */
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
