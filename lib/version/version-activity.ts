import { Semaphore } from '../core/semaphore.js';
import { createStateMachine, type Moves } from '../core/state-machine.js';
import type { KeptImage } from '../kept/image.js';
import type { Cause } from '../plugin/cause.js';
import type { Baton, ThreadSurface } from '../surface/thread-surface.js';
import { pourSaved } from './kept-transfer.js';
import type { ThreadHandle } from './thread-handle.js';
import type { StepDeadline, ThreadSteps } from './thread-steps.js';
import { LONGEST_TOLD_MS, told } from './told.js';

/** The data that each thread of a version hands over, by its index; `undefined` where a thread was dead, or had nothing. */
export type Batons = readonly (Baton | undefined)[];

/** State of a version's activity, that is, of the work that only one version may do. */
export type ActivityState =
  /** The version has not been active, and may become so. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'active' }
  | { readonly kind: 'yielding' }
  /** The version handed over. Only a failed hand-over wakes it, with the batons it handed over. */
  | { readonly kind: 'yielded'; readonly batons: Batons }
  /** The version handed over to nobody, and could not be woken yet. */
  | { readonly kind: 'asleep'; readonly batons: Batons };

/** The legal moves of an activity. */
export const activityMoves: Moves<ActivityState['kind']> = {
  waiting: ['active'],
  active: ['yielding'],
  yielding: ['yielded'],
  yielded: ['active', 'asleep'],
  asleep: ['active', 'asleep', 'yielded'],
};

/** Dependencies of a {@link VersionActivity}. */
export interface VersionActivityDeps {
  /** Names the version in errors. */
  readonly subject: string;
  readonly exclusive: boolean;
  readonly startMs: number;
  readonly yieldMs: number;
  readonly steps: Pick<ThreadSteps, 'ask' | 'facts'>;
  /**
   * All threads but those that come up to replace another one: whether they become active is decided when they take its place.
   */
  readonly threads: () => readonly ThreadHandle[];
  /** Returns whether the death of the next thread would make the version be given up. */
  readonly isLastTry: () => boolean;
}

/** The work of all threads of a version while it is the active one: it begins with `onActive` and ends with `onYield`. */
export class VersionActivity {
  readonly #deps: VersionActivityDeps;
  readonly #life;
  readonly #turns = new Semaphore(1);
  /** The latest copy of the kept state, for a thread that replaces a crashed one. */
  #saved: KeptImage | undefined;
  #savedAt: Date | undefined;
  #hasState = false;

  constructor(deps: VersionActivityDeps) {
    this.#deps = deps;
    this.#life = createStateMachine<ActivityState>(`the activity of ${deps.subject}`, activityMoves, {
      kind: 'waiting',
    });
  }

  get state(): ActivityState {
    return this.#life.state;
  }

  get isActive(): boolean {
    return this.state.kind === 'active';
  }

  /**
   * Resolves when nobody else changes what is active, as a hand-over to the next version or to another thread does. The returned
   * function ends the turn.
   */
  takeTurn(): Promise<() => void> {
    return this.#turns.enter();
  }

  /** True when nobody has the turn. */
  get isTurnFree(): boolean {
    return this.#turns.isFree;
  }

  /** True when a hand-over must wait for any activity of the version. */
  get isAwaited(): boolean {
    return this.#deps.steps.facts.hasActivity;
  }

  /** True when there is state to hand over: the version's own, or under names that only others keep. */
  get keepsState(): boolean {
    return this.#hasState || this.#deps.steps.facts.keepsState;
  }

  /** Records that the version received state. */
  noteState(): void {
    this.#hasState = true;
  }

  save(image: KeptImage): void {
    if (!this.isActive) return;
    this.#saved = image;
    this.#savedAt = new Date();
  }

  /** Time of the latest copy. */
  get savedAt(): Date | undefined {
    return this.#savedAt;
  }

  /** The copy from which a thread goes on that replaces a crashed one. */
  get saved(): KeptImage | undefined {
    return this.#saved;
  }

  /** Gives a thread the latest copy of what another one keeps, which cannot hand it over. */
  async pourLatest(thread: ThreadHandle): Promise<void> {
    const { startMs, isLastTry } = this.#deps;
    // The saved state itself may be what crashes the thread.
    if (isLastTry()) this.#saved = undefined;
    if (this.#saved) await pourSaved(thread, this.#saved, { ms: startMs, option: 'startMs' });
  }

  /**
   * Activates the version, or wakes it: all of its threads, or none. `batons` is the data handed over. A thread that dies while it
   * is woken counts for nothing: its replacement becomes active as after any crash.
   *
   * @throws LiveswapError `HOOK_FAILED`
   */
  async activate(cause: Cause, batons: Batons = []): Promise<void> {
    const isWoken = this.state.kind !== 'waiting';
    try {
      await this.#each(async (thread) => {
        try {
          await this.#activate(thread, cause, batons[thread.name.thread]);
        } catch (error) {
          if (!isWoken || !thread.death) throw error;
        }
      });
    } catch (error) {
      const taken = await this.#yieldAll(cause).catch(() => []);
      const { kind } = this.state;
      if (kind === 'yielded' || kind === 'asleep') {
        const left = batons.map((baton, index) => taken[index] ?? baton);
        this.#life.transition({ kind: 'asleep', batons: left });
      }
      throw error;
    }
    this.#life.transition({ kind: 'active' });
  }

  /** Activates a thread that replaces another one. @throws LiveswapError `HOOK_FAILED` */
  async activateThread(thread: ThreadHandle, cause: Cause, baton?: Baton): Promise<void> {
    if (this.isActive) await this.#activate(thread, cause, baton);
  }

  /** Runs `onYield` in one thread; the version stays active in another one. @throws LiveswapError `HOOK_FAILED` */
  async yieldThread(thread: ThreadHandle, cause: Cause): Promise<Baton | undefined> {
    return this.isActive ? this.#yieldOne(thread, cause) : undefined;
  }

  /** Stops `every` from beginning new runs, and aborts `context.yielding`. */
  beginYield(): void {
    for (const thread of this.#living) thread.ask('beginYield', []).catch(() => {});
  }

  /**
   * Like {@link beginYield}. Resolves when no run of `every` is under way.
   *
   * @throws LiveswapError `HOOK_FAILED` when that takes longer than `yieldMs`
   */
  async endRuns(): Promise<void> {
    if (this.isActive && this.isAwaited)
      await this.#each((thread) => this.#askToYield(thread, 'beginYield', []));
  }

  /** Revokes {@link beginYield}: the version does not yield after all. */
  resume(): void {
    for (const thread of this.#living) thread.ask('resume', []).catch(() => {});
  }

  /** Resolves when nothing runs by itself any more. */
  async whenQuiet(): Promise<void> {
    await Promise.all(this.#living.map((thread) => thread.ask('quiet', []).catch(() => {})));
  }

  /**
   * Runs `onYield` in each living thread, within `yieldMs`. Resolves to the data they hand over; idempotent.
   *
   * @throws LiveswapError `HOOK_FAILED`
   */
  async yield(cause: Cause): Promise<Batons> {
    const { state } = this;
    if (state.kind === 'asleep') this.#life.transition({ kind: 'yielded', batons: state.batons });
    if (state.kind === 'yielded' || state.kind === 'asleep') return state.batons;
    if (state.kind !== 'active') return [];
    this.#life.transition({ kind: 'yielding' });
    const batons: (Baton | undefined)[] = [];
    try {
      await this.#yieldAll(cause, batons);
    } finally {
      this.#life.transition({ kind: 'yielded', batons });
    }
    return batons;
  }

  get #living(): readonly ThreadHandle[] {
    return this.#deps.threads().filter(({ death }) => !death);
  }

  #activate(thread: ThreadHandle, cause: Cause, baton: Baton | undefined): Promise<unknown> {
    const { steps, startMs } = this.#deps;
    const deadline: StepDeadline = { hook: 'onActive', ms: startMs, option: 'startMs' };
    return steps.ask(thread, 'activate', [cause, baton], deadline);
  }

  /** Runs `onYield` in every living thread. Threads that are not active hand nothing over. */
  async #yieldAll(cause: Cause, batons: (Baton | undefined)[] = []): Promise<Batons> {
    await this.#each(async (thread) => {
      const baton = await this.#yieldOne(thread, cause);
      // A withdrawn thread may have the same index.
      batons[thread.name.thread] ??= baton;
    });
    return batons;
  }

  #yieldOne(thread: ThreadHandle, cause: Cause): Promise<Baton | undefined> {
    return this.#askToYield(thread, 'yield', [cause, this.#deps.exclusive]);
  }

  async #askToYield<Method extends 'beginYield' | 'yield'>(
    thread: ThreadHandle,
    method: Method,
    args: Parameters<ThreadSurface[Method]>,
  ): Promise<Awaited<ReturnType<ThreadSurface[Method]>> | undefined> {
    const { steps, yieldMs } = this.#deps;
    try {
      return await steps.ask(thread, method, args, { hook: 'onYield', ms: yieldMs, option: 'yieldMs' });
    } catch (error) {
      // A thread that dies while it yields has nothing to hand over: the successor goes on as after a crash.
      if (thread.death) return undefined;
      throw error;
    }
  }

  /** Runs something for each living thread, to its end. Threads that have nothing to do are told, but not awaited. */
  async #each(run: (thread: ThreadHandle) => Promise<unknown>): Promise<void> {
    const runAll = (): Promise<PromiseSettledResult<unknown>[]> =>
      Promise.allSettled(this.#living.map((thread) => run(thread)));
    if (this.isAwaited) {
      for (const one of await runAll()) if (one.status === 'rejected') throw one.reason;
      return;
    }
    const leave = await told.enter(LONGEST_TOLD_MS);
    void runAll().then(leave);
  }
}
