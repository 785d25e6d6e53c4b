import { createStateMachine, type Moves } from '../core/state-machine.js';
import type { KeptImage } from '../kept/image.js';
import type { LiveDataWire } from '../live-data/wire.js';
import type { Cause } from '../plugin/cause.js';
import type { ThreadHandle } from './thread-handle.js';
import type { StepDeadline, ThreadSteps } from './thread-steps.js';

/** What each thread of a version hands over, by its index; nothing where one was dead, or had nothing. */
export type Batons = readonly (LiveDataWire | undefined)[];

/** Whether a version is the one that is active: whether it does what only one may do. */
export type ActivityState =
  /** It has not been, and may become so. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'active' }
  | { readonly kind: 'yielding' }
  /** It handed over; only a hand-over that failed wakes it, with what it had handed. */
  | { readonly kind: 'yielded'; readonly batons: Batons };

/** The legal moves of an activity. */
export const activityMoves: Moves<ActivityState['kind']> = {
  waiting: ['active'],
  active: ['yielding'],
  yielding: ['yielded'],
  yielded: ['active'],
};

/** What the activity of a version works with. */
export interface VersionActivityParts {
  /** Names the version in errors. */
  readonly subject: string;
  readonly exclusive: boolean;
  readonly startMs: number;
  readonly steps: Pick<ThreadSteps, 'ask' | 'facts'>;
  readonly threads: () => readonly ThreadHandle[];
}

/** What all threads of a version do while it is the active one: it begins with `onActive` and ends with `onYield`. */
export class VersionActivity {
  readonly #parts: VersionActivityParts;
  readonly #life;
  /** The latest copy of what is kept, for a thread that takes the place of one that crashed. */
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

  /** Whether a hand-over has to wait for anything of it. */
  get isAwaited(): boolean {
    return this.#parts.steps.facts.hasActivity;
  }

  /** Whether there is state to hand over: its own, or of names that only others keep. */
  get keepsState(): boolean {
    return this.#hasState || this.#parts.steps.facts.keepsState;
  }

  /** It was handed state. */
  noteState(): void {
    this.#hasState = true;
  }

  save(image: KeptImage): void {
    if (!this.isActive) return;
    this.#saved = image;
    this.#savedAt = new Date();
  }

  /** When the latest copy was made. */
  get savedAt(): Date | undefined {
    return this.#savedAt;
  }

  /** What a thread goes on with that takes the place of one that crashed. */
  get saved(): KeptImage | undefined {
    return this.#saved;
  }

  forgetSaved(): void {
    this.#saved = undefined;
  }

  /** Becomes the active one, or is woken; `batons` is what was handed over. @throws LiveswapError `HOOK_FAILED` */
  async activate(cause: Cause, batons: Batons = []): Promise<void> {
    const { startMs } = this.#parts;
    const deadline: StepDeadline = { hook: 'onActive', ms: startMs, option: 'startMs' };
    await this.#each(this.#living, (thread) =>
      this.#ask(thread, 'activate', [cause, batons[thread.name.thread]], deadline),
    );
    this.#life.transition({ kind: 'active' });
  }

  /** Takes a thread in that replaces another one. */
  async activateThread(thread: ThreadHandle, cause: Cause, baton?: LiveDataWire): Promise<void> {
    if (!this.isActive) return;
    const { startMs } = this.#parts;
    await this.#ask(thread, 'activate', [cause, baton], { hook: 'onActive', ms: startMs, option: 'startMs' });
  }

  /** Runs `onYield` in one thread; the version stays active, in another one. @throws LiveswapError `HOOK_FAILED` */
  async yieldThread(thread: ThreadHandle, cause: Cause, ms: number): Promise<LiveDataWire | undefined> {
    if (!this.isActive) return undefined;
    return this.#yieldOne(thread, cause, { hook: 'onYield', ms, option: 'yieldMs' });
  }

  /** Begins no `every` run any more, and aborts `context.yielding`. */
  beginYield(): void {
    for (const thread of this.#living) thread.ask('beginYield', []).catch(() => {});
  }

  /** It does not yield after all. */
  resume(): void {
    for (const thread of this.#living) thread.ask('resume', []).catch(() => {});
  }

  /** Resolves when nothing runs by itself any more. */
  async whenQuiet(): Promise<void> {
    await Promise.all(this.#living.map((thread) => thread.ask('quiet', []).catch(() => {})));
  }

  /**
   * Runs `onYield` in each thread that lives, within `ms`. Resolves to what they hand over; idempotent.
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
      // What dies in the middle of it has nothing to hand over: the successor goes on as after a crash.
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

  /** Those that have nothing to do are told, and not waited for. */
  async #each(
    threads: readonly ThreadHandle[],
    run: (thread: ThreadHandle) => Promise<unknown>,
  ): Promise<void> {
    const all = threads.map((thread) => run(thread));
    if (this.isAwaited) await Promise.all(all);
    else for (const one of all) one.catch(() => {});
  }
}
