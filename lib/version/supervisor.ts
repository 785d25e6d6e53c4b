import type { LiveswapError } from '../core/errors.js';
import { clearTimeout, setTimeout } from '../core/timers.js';
import type { LaneSet } from '../dispatch/lane-set.js';
import type { SwapEvent } from '../observe/events.js';
import { CrashLoop, type Verdict } from './crash-loop.js';
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
  readonly lanes: Pick<LaneSet, 'queued' | 'lanes'>;
  serves(thread: Thread): boolean;
  remove(thread: Thread, crash: LiveswapError): void;
  refuse(refusal: LiveswapError): void;
}

/** Too many crashes in too short a time. */
export type GiveUp = Extract<Verdict, { readonly kind: 'giveUp' }>;

/** What a supervisor works with. */
export interface SupervisorParts<Thread extends SupervisedThread> {
  readonly settings: Pick<VersionSettings, 'crashLoop' | 'stuckMs'>;
  readonly state: () => VersionState;
  readonly group: SupervisedThreads<Thread>;
  /** Whether a version that imports this one is up. */
  readonly isImported: () => boolean;
  /** Puts a new thread in the place of a dead one; resolves to `undefined` when it did not come up. */
  readonly replace: (index: number) => Promise<Thread | undefined>;
  /** Its threads died too often, the last one with `cause`: gives it up, and says what its calls are refused with. */
  readonly giveUp: (verdict: GiveUp, cause: LiveswapError) => LiveswapError;
  readonly emit: (event: SwapEvent) => void;
}

/** Watches over the threads of a version: takes out those that die, replaces them with back-off, ends those that are stuck, gives up. */
export class Supervisor<Thread extends SupervisedThread = ThreadHandle> {
  readonly #parts: SupervisorParts<Thread>;
  readonly #crashes: CrashLoop;
  readonly #watchdog: Watchdog | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: SupervisorParts<Thread>) {
    this.#parts = parts;
    const { crashLoop, stuckMs } = parts.settings;
    this.#crashes = new CrashLoop(crashLoop);
    if (stuckMs !== undefined) this.#watchdog = new Watchdog(stuckMs, () => parts.group.busy);
  }

  /** The version is active: from now on its dead are replaced, those included that have died already. */
  start(): void {
    this.#watchdog?.start();
    for (const { death, name } of this.#parts.group.threads) if (death) this.#recover(name.thread, death);
  }

  stop(): void {
    this.#stopReplacing();
    this.#watchdog?.stop();
  }

  onDeath(thread: Thread, error: LiveswapError): void {
    const { group, emit } = this.#parts;
    const cameUp = group.serves(thread);
    group.remove(thread, error);
    emit({ type: 'threadCrashed', ...thread.name, error });
    if (this.#isNeeded) this.#recover(thread.name.thread, error, cameUp);
    else if (this.#isLost) group.refuse(error);
  }

  /** Whether a dead thread has to be replaced: a version that drains may still have to finish calls of its own. */
  get #isNeeded(): boolean {
    const { state, group, isImported } = this.#parts;
    const { kind } = state();
    return kind === 'active' || (kind === 'draining' && (group.lanes.queued > 0 || isImported()));
  }

  /** Whether nobody will take what waits: the version will not come up any more, or has no thread left. */
  get #isLost(): boolean {
    const { state, group } = this.#parts;
    const { kind } = state();
    const isComingUp = kind === 'starting' || kind === 'ready';
    return isComingUp || (kind === 'draining' && group.lanes.lanes.length === 0);
  }

  /** Thread `index` died with `cause`, before or after it came up. */
  #recover(index: number, cause: LiveswapError, cameUp = true): void {
    const verdict = this.#crashes.record(cameUp);
    if (verdict.kind === 'giveUp') {
      this.#stopReplacing();
      return this.#parts.group.refuse(this.#parts.giveUp(verdict, cause));
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#replace(index);
    }, verdict.afterMs);
    this.#timers.add(timer);
  }

  async #replace(index: number): Promise<void> {
    if (!this.#isNeeded) return;
    const { replace, state, emit } = this.#parts;
    const thread = await replace(index);
    if (!thread) return;
    if (state().kind === 'draining') thread.ask('drain', []).catch(() => {});
    emit({ type: 'threadReplaced', ...thread.name });
  }

  #stopReplacing(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
