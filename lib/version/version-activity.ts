import { createStateMachine, type Moves } from '../core/state-machine.js';
import type { KeptImage } from '../kept/image.js';
import type { LiveDataWire } from '../live-data/wire.js';
import type { Cause } from '../plugin/cause.js';
import type { ThreadHandle } from './thread-handle.js';
import type { StepDeadline, ThreadSteps } from './thread-steps.js';

/** The data that each thread of a version hands over, by its index; `undefined` where a thread was dead, or had nothing. */
export type Batons = readonly (LiveDataWire | undefined)[];

/** State of a version's activity, that is, of the work that only one version may do. */
export type ActivityState =
  /** The version has not been active, and may become so. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'active' }
  | { readonly kind: 'yielding' }
  /** The version handed over. Only a failed hand-over wakes it, with the batons it handed over. */
  | { readonly kind: 'yielded'; readonly batons: Batons };

/** The legal moves of an activity. */
export const activityMoves: Moves<ActivityState['kind']> = {
  waiting: ['active'],
  active: ['yielding'],
  yielding: ['yielded'],
  yielded: ['active'],
};

/** Parts of a {@link VersionActivity}. */
export interface VersionActivityParts {
  /** Names the version in errors. */
  readonly subject: string;
  readonly exclusive: boolean;
  readonly startMs: number;
  readonly steps: Pick<ThreadSteps, 'ask' | 'facts'>;
  readonly threads: () => readonly ThreadHandle[];
}

/** The work of all threads of a version while it is the active one: it begins with `onActive` and ends with `onYield`. */
export class VersionActivity {
  readonly #parts: VersionActivityParts;
  readonly #life;
  /** The latest copy of the kept state, for a thread that replaces a crashed one. */
  #saved: KeptImage | undefined;
  #savedAt: Date | undefined;
  #hasState = false;

  constructor(parts: VersionActivityParts) {
    this.#parts = parts;
    this.#life = createStateMachine<ActivityState>(`the activity of ${parts.subject}`, activityMoves, {
      kind: 'waiting',
    });
  }

  get state(): ActivityState {
    return this.#life.state;
  }

  get isActive(): boolean {
    return this.state.kind === 'active';
  }

  /** True when a hand-over must wait for any activity of the version. */
  get isAwaited(): boolean {
    return this.#parts.steps.facts.hasActivity;
  }

  /** True when there is state to hand over: the version's own, or under names that only others keep. */
  get keepsState(): boolean {
    return this.#hasState || this.#parts.steps.facts.keepsState;
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

  forgetSaved(): void {
    this.#saved = undefined;
  }

  /** Activates the version, or wakes it; `batons` is the data handed over. @throws LiveswapError `HOOK_FAILED` */
  async activate(cause: Cause, batons: Batons = []): Promise<void> {
    const { startMs } = this.#parts;
    const deadline: StepDeadline = { hook: 'onActive', ms: startMs, option: 'startMs' };
    await this.#each(this.#living, (thread) =>
      this.#ask(thread, 'activate', [cause, batons[thread.name.thread]], deadline),
    );
    this.#life.transition({ kind: 'active' });
  }

  /** Activates a thread that replaces another one. */
  async activateThread(thread: ThreadHandle, cause: Cause, baton?: LiveDataWire): Promise<void> {
    if (!this.isActive) return;
    const { startMs } = this.#parts;
    await this.#ask(thread, 'activate', [cause, baton], { hook: 'onActive', ms: startMs, option: 'startMs' });
  }

  /** Runs `onYield` in one thread; the version stays active in another one. @throws LiveswapError `HOOK_FAILED` */
  async yieldThread(thread: ThreadHandle, cause: Cause, ms: number): Promise<LiveDataWire | undefined> {
    if (!this.isActive) return undefined;
    return this.#yieldOne(thread, cause, { hook: 'onYield', ms, option: 'yieldMs' });
  }

  /** Stops `every` from beginning new runs, and aborts `context.yielding`. */
  beginYield(): void {
    for (const thread of this.#living) thread.ask('beginYield', []).catch(() => {});
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
   * Runs `onYield` in each living thread, within `ms`. Resolves to the data they hand over; idempotent.
   *
   * @throws LiveswapError `HOOK_FAILED`
   */
  async yield(cause: Cause, ms: number): Promise<Batons> {
    const { state } = this;
    if (state.kind === 'yielded') return state.batons;
    if (state.kind !== 'active') return [];
    this.#life.transition({ kind: 'yielding' });
    const batons: (LiveDataWire | undefined)[] = [];
    const deadline: StepDeadline = { hook: 'onYield', ms, option: 'yieldMs' };
    try {
      await this.#each(this.#living, async (thread) => {
        batons[thread.name.thread] = await this.#yieldOne(thread, cause, deadline);
      });
    } finally {
      this.#life.transition({ kind: 'yielded', batons });
    }
    return batons;
  }

  get #living(): readonly ThreadHandle[] {
    return this.#parts.threads().filter(({ death }) => !death);
  }

  async #yieldOne(
    thread: ThreadHandle,
    cause: Cause,
    deadline: StepDeadline,
  ): Promise<LiveDataWire | undefined> {
    try {
      return await this.#ask(thread, 'yield', [cause, this.#parts.exclusive], deadline);
    } catch (error) {
      // A thread that dies while it yields has nothing to hand over: the successor goes on as after a crash.
      if (thread.death) return undefined;
      throw error;
    }
  }

  #ask<Method extends 'activate' | 'yield'>(
    thread: ThreadHandle,
    method: Method,
    args: Parameters<ThreadSteps['ask']>[2] & unknown[],
    deadline: StepDeadline,
  ): Promise<LiveDataWire | undefined> {
    const answer = this.#parts.steps.ask(thread, method, args as never, deadline);
    return answer as Promise<LiveDataWire | undefined>;
  }

  /** Runs something for each thread. Threads that have nothing to do are told, but not awaited. */
  async #each(
    threads: readonly ThreadHandle[],
    run: (thread: ThreadHandle) => Promise<unknown>,
  ): Promise<void> {
    const all = threads.map((thread) => run(thread));
    if (this.isAwaited) await Promise.all(all);
    else for (const one of all) one.catch(() => {});
  }
}
