import { messageOf } from '../core/errors.js';
import { boundHost } from '../plugin/host-binding.js';
import { takers, type Taker } from '../plugin/takers.js';
import { heldFunction } from './held-function.js';

type Task = (...args: never[]) => unknown;

/** Data that a schedule hands over, in whole seconds since 1970: every scheduler has a resolution of one second. */
interface Covered {
  /** The second up to which this version has handled all due runs. */
  readonly until: number;
  /** The last second that it has run for. */
  readonly last: number | undefined;
}

/** A run that was due while its version was not active. */
interface Missed {
  readonly second: number;
  readonly run: () => unknown;
}

/** Milliseconds by which a timer may be early. */
const EARLY_MS = 50;
/** Number of missed runs that are kept: a hand-over is short, so only the latest ones count. */
const MOST_MISSED = 16;

const held = new WeakSet<object>();

/**
 * A task of a schedule. The timers of every version tick, but only the active version runs what is due. A run that became due
 * between two versions is made once, by the next active version.
 */
class HeldSchedule implements Taker {
  readonly name: string;
  /** `held`: the version is active but about to yield. */
  #state: 'waiting' | 'active' | 'held' | 'ended' = 'waiting';
  #last: number | undefined;
  #until = 0;
  #missed: Missed[] = [];
  /** Runs that the scheduler requested as soon as it was created. */
  #atOnce: Missed[] = [];
  #isBeingMade: boolean;

  constructor(name: string, runsWhenMade: boolean) {
    this.name = name;
    this.#isBeingMade = runsWhenMade;
    queueMicrotask(() => (this.#isBeingMade = false));
  }

  start(previous: unknown): void {
    this.#state = 'active';
    for (const { run } of this.#atOnce.splice(0)) this.#runAlone(run);
    const covered = previous as Covered | undefined;
    this.#last = covered?.last;
    if (covered) this.#makeUp(covered);
    this.#missed = [];
  }

  hold(): void {
    if (this.#state !== 'active') return;
    this.#state = 'held';
    this.#until = secondOf(Date.now());
  }

  letGo(): void {
    if (this.#state === 'held') this.resume();
  }

  pause(): Covered {
    this.hold();
    this.#state = 'waiting';
    return { until: this.#until, last: this.#last };
  }

  resume(): void {
    this.#state = 'active';
    this.#makeUp({ until: this.#until, last: this.#last });
  }

  end(): void {
    this.#state = 'ended';
  }

  /** Called by the scheduler when a run is due. */
  due(run: () => unknown): unknown {
    const second = secondOf(Date.now());
    if (this.#state === 'active') {
      this.#last = second;
      return run();
    }
    if (this.#isBeingMade) this.#atOnce.push({ second, run });
    else if (this.#state === 'waiting' || this.#state === 'held')
      this.#missed = [...this.#missed.slice(1 - MOST_MISSED), { second, run }];
    return undefined;
  }

  #makeUp({ until, last = -1 }: Covered): void {
    for (const { second, run } of this.#missed.splice(0)) {
      if (second < until || second <= last) continue;
      this.#last = second;
      this.#runAlone(run);
    }
  }

  /** Runs the task without its scheduler, which would have handled a failure; the version must not pay for it. */
  #runAlone(run: () => unknown): void {
    (async () => run())().catch((error: unknown) => {
      boundHost().log.error({ err: error }, `A run of ${this.name} failed: ${messageOf(error)}`);
    });
  }
}

/**
 * Lets the task of a schedule run only in the active version, once in each second in which it is due. A run counts as pending
 * until it settles.
 *
 * @param pattern tells when the task is due; tasks with the same pattern are told apart by their order.
 * @param runsWhenMade is false when a run that the scheduler requests as it is created is due like any other.
 */
export function heldSchedule<Value>(pattern: unknown, task: Value, runsWhenMade = true): Value {
  if (typeof task !== 'function' || held.has(task)) return task;
  const name = typeof pattern === 'string' ? `schedule ${pattern}` : 'schedule';
  const schedule = new HeldSchedule(name, runsWhenMade);
  takers.add(schedule);
  const run = new Proxy(heldFunction(task as unknown as Task), {
    apply: (target, self, args: never[]) => schedule.due((): unknown => Reflect.apply(target, self, args)),
  });
  held.add(run);
  return run as Value;
}

function secondOf(ms: number): number {
  return Math.floor((ms + EARLY_MS) / 1000);
}
