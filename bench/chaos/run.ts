import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Swapper } from '../../lib/index.js';
import { Deploys } from './deploys.js';
import { History } from './history.js';
import { copiesIn, pendingOf, threadCount } from './left-behind.js';
import { Ledger } from './ledger.js';
import type { MakePlugin } from './edition.js';
import { armory, guardianOf } from './plugins.js';
import { pickSteps, type Step, type StepKind, type Subject } from './subject.js';
import { subjects } from './subjects/index.js';
import type { World } from './world.js';

/** Time in milliseconds without any settled call after which something hangs. A busy machine is slow, but makes progress. */
const HANGS_MS = 20_000;

/** Result of a run. */
export interface ChaosResult {
  /** Empty when every promise was kept. */
  readonly violations: readonly string[];
  readonly calls: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly generations: number;
  readonly rollbacks: number;
  readonly crashes: number;
  readonly recycled: number;
}

/** Plays steps on a swapper, and checks their outcome. */
export class Run {
  readonly #base: string;
  readonly #swapper: Swapper;
  readonly #history: History;
  readonly #ledger = new Ledger();
  readonly #deploys: Deploys;
  readonly #longLived = new AbortController().signal;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #subjects: readonly Subject[];
  readonly #kinds: ReadonlyMap<string, StepKind>;
  readonly #guardian: MakePlugin;
  /** Methods of the host that plugins can call. */
  readonly extension: object;

  constructor(base: string, swapper: Swapper) {
    this.#base = base;
    this.#swapper = swapper;
    this.#history = new History(swapper);
    this.#deploys = new Deploys(base, swapper, this.#history, this.#ledger);
    const world: World = {
      swapper,
      base,
      history: this.#history,
      ledger: this.#ledger,
      deploys: this.#deploys,
      longLived: this.#longLived,
      guardian: (edition) => this.#guardian(edition),
      rest: () => this.#rest(),
    };
    this.#subjects = subjects.map((make) => make(world));
    this.#kinds = new Map(this.#subjects.flatMap(({ steps }) => Object.entries(steps)));
    this.#guardian = guardianOf(this.#subjects);
    this.extension = Object.assign({}, ...this.#subjects.map(({ extension }) => extension)) as object;
  }

  /** Returns `count` steps: the same for the same seed. */
  pick(seed: number, count: number): readonly Step[] {
    return pickSteps(this.#kinds, seed, count);
  }

  /** Loads the first editions, and plays the steps until all is at rest. */
  async play(steps: readonly Step[]): Promise<void> {
    await this.#deploys.put(armory);
    await this.#deploys.put(this.#guardian);
    for (const { begin } of this.#subjects) await begin?.();
    await this.#swapper.load();
    for (const { kind, data } of steps) await this.#take(this.#kinds.get(kind)!, data);
    await this.#rest();
  }

  /** Begins some more steps, and destroys the swapper in the middle of them. */
  async cutShort(steps: readonly Step[]): Promise<void> {
    for (const { kind, data } of steps)
      if (kind !== 'rest' && kind !== 'release') await this.#take(this.#kinds.get(kind)!, data);
    this.#ledger.end();
    await this.#swapper.destroy();
    await this.#settle();
  }

  /** Resolves to the result, with what was left behind. `threads` is how many there were before. */
  async end(threads: number): Promise<ChaosResult> {
    const { violations, calls, outcomes } = this.#ledger;
    const listeners = getEventListeners(this.#longLived, 'abort').length;
    if (listeners > 0) this.#ledger.violate(`${listeners} listeners are left on the long-lived signal`);
    if (threadCount() > threads) this.#ledger.violate(`${threadCount() - threads} threads are left`);
    const copies = await copiesIn(this.#base);
    if (copies.length > 0) this.#ledger.violate(`copies of artifacts are left: ${copies.join(', ')}`);
    const { generations, rollbacks, crashes, recycled } = this.#history;
    this.#history.close();
    return { violations, calls, outcomes, generations, rollbacks, crashes, recycled };
  }

  async #take({ run, isAwaited }: StepKind, data: unknown): Promise<void> {
    const begun = run(data);
    if (!begun) return;
    if (isAwaited) return void (await begun);
    this.#underWay.add(begun);
    void begun.finally(() => this.#underWay.delete(begun));
  }

  /** Waits until nothing is under way, heals what has failed, and lets every subject check its model. */
  async #rest(): Promise<void> {
    if (!(await this.#settle())) return;
    // Threads that are not replaced yet, or a version that was given up, are no fault; the next state must be sound.
    if (this.#history.failures > 0) await this.#heal();
    const quiet = await within(HANGS_MS, () => pendingOf(this.#swapper).length === 0);
    if (!quiet) for (const what of pendingOf(this.#swapper)) this.#ledger.violate(`at rest, ${what}`);
    for (const { atRest } of this.#subjects) await atRest?.();
  }

  /** Deploys sound editions and loads them. */
  #heal(): Promise<unknown> {
    return this.#deploys.inTurn('heal', async () => {
      await this.#deploys.put(armory);
      await this.#deploys.put(this.#guardian);
      await this.#deploys.load();
    });
  }

  /** Waits until nothing is under way. Returns false, and reports what hangs, when nothing settles for long. */
  async #settle(): Promise<boolean> {
    const all = this.#settled();
    for (;;) {
      const { settled } = this.#ledger;
      const deadline = sleep(HANGS_MS, 'late', { ref: false });
      if ((await Promise.race([all, deadline])) !== 'late') return true;
      if (this.#ledger.settled > settled) continue;
      this.#ledger.violate(`hangs: ${this.#ledger.unsettled().join(', ')}`);
      return false;
    }
  }

  async #settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}

async function within(ms: number, holds: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) return false;
    globalThis.gc?.();
    await sleep(5);
  }
  return true;
}
