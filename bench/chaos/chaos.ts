import { getEventListeners } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Swapper, type Logger, type Session, type SwapperOptions } from '../../lib/index.js';
import { callsOf, mishaps, turns } from './calls.js';
import { Deploys } from './deploys.js';
import { History } from './history.js';
import { Ledger } from './ledger.js';
import type { Answer } from './plugins.js';
import { stepsOf, type Step } from './steps.js';

/** What a run is. */
export interface ChaosOptions {
  /** The same seed makes the same steps; what the threads make of them differs. */
  readonly seed: number;
  readonly steps: number;
  readonly swapper?: SwapperOptions;
  /** Whether it is closed at rest, or destroyed in the middle of some more steps. Default `close`. */
  readonly ending?: 'close' | 'destroy';
}

/** What came of a run. */
export interface ChaosResult {
  /** Empty when every promise was kept. */
  readonly violations: readonly string[];
  readonly calls: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly generations: number;
  readonly rollbacks: number;
  readonly crashes: number;
}

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** A call that has not settled by then hangs. */
const HANGS_MS = 20_000;

/** How many steps are begun before a swapper is destroyed in the middle of them. */
const LAST_STEPS = 60;

/** Lets everything happen at once to one swapper, and holds every answer against what the swapper promises. */
export async function runChaos(chaos: ChaosOptions): Promise<ChaosResult> {
  const { seed, steps, swapper: options, ending = 'close' } = chaos;
  const before = threadCount();
  const folder = await mkdtemp(join(tmpdir(), 'liveswap-chaos-'));
  const swapper = new Swapper(folder, {
    threads: 2,
    concurrency: 8,
    maxQueued: 200,
    drainMs: 60_000,
    crashLoop: { crashes: 12, withinMs: 1_500 },
    logger,
    ...options,
  });
  const run = new Run(folder, swapper);
  try {
    await run.play(stepsOf(seed, steps));
    if (ending === 'close') await swapper.close();
    else await run.cutShort(stepsOf(seed + 1, LAST_STEPS));
  } finally {
    await swapper.destroy();
  }
  const result = await run.end(before);
  await rm(folder, { recursive: true, force: true });
  return result;
}

class Run {
  readonly #folder: string;
  readonly #swapper: Swapper;
  readonly #history: History;
  readonly #ledger = new Ledger();
  readonly #deploys: Deploys;
  readonly #longLived = new AbortController().signal;
  readonly #underWay = new Set<Promise<unknown>>();
  #session: Session | undefined;

  constructor(folder: string, swapper: Swapper) {
    this.#folder = folder;
    this.#swapper = swapper;
    this.#history = new History(swapper);
    this.#deploys = new Deploys(folder, swapper, this.#history, this.#ledger);
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.#deploys.load();
    for (const step of steps) await this.#take(step);
    await this.#rest();
  }

  /** Begins some more steps, waits for none of them, and destroys the swapper. */
  async cutShort(steps: readonly Step[]): Promise<void> {
    for (const step of steps) if (step.kind !== 'rest' && step.kind !== 'release') await this.#take(step);
    this.#ledger.end();
    await this.#swapper.destroy();
    const deadline = sleep(HANGS_MS, 'late', { ref: false });
    if ((await Promise.race([this.#settled(), deadline])) === 'late')
      this.#ledger.violate(`hangs when destroyed: ${[...this.#ledger.unsettled()].join(', ')}`);
  }

  /** Looks for what was left behind. `threads` is how many there were before. */
  async end(threads: number): Promise<ChaosResult> {
    const { violations, calls, outcomes } = this.#ledger;
    const listeners = getEventListeners(this.#longLived, 'abort').length;
    if (listeners > 0) this.#ledger.violate(`${listeners} listeners are left on the long-lived signal`);
    if (threadCount() > threads) this.#ledger.violate(`${threadCount() - threads} threads are left`);
    const copies = (await readdir(this.#folder)).filter((name) => name === '.versions');
    if (copies.length > 0) this.#ledger.violate('copies of artifacts are left');
    const { generations, rollbacks, crashes } = this.#history;
    this.#history.close();
    return { violations, calls, outcomes, generations, rollbacks, crashes };
  }

  async #take(step: Step): Promise<void> {
    if (step.kind === 'rest') return this.#rest();
    if (step.kind === 'pause') return turns(step.turns);
    if (step.kind === 'pin') this.#session ??= this.#swapper.pin();
    if (step.kind === 'release') await this.#release();
    const begun =
      step.kind === 'pinnedCall'
        ? this.#pinnedCall()
        : (this.#deploys.run(step) ??
          callsOf(step, {
            swapper: this.#swapper,
            history: this.#history,
            ledger: this.#ledger,
            longLived: this.#longLived,
          }));
    if (!begun) return;
    this.#underWay.add(begun);
    void begun.finally(() => this.#underWay.delete(begun));
  }

  #pinnedCall(): Promise<unknown> | undefined {
    const session = this.#session;
    if (!session) return undefined;
    const made = this.#history.now();
    const editions = this.#history.editionsOf(session.generation.plugins);
    return this.#ledger.follow(
      'pinned live_arm',
      () => session.call('live_arm'),
      (answer) => this.#history.objection(answer as Answer, made, editions),
      mishaps,
    );
  }

  async #release(): Promise<void> {
    await this.#session?.release();
    this.#session = undefined;
  }

  /** Waits until nothing is under way, and looks whether anything still counts as pending. */
  async #rest(): Promise<void> {
    await this.#release();
    const deadline = sleep(HANGS_MS, 'late', { ref: false });
    if ((await Promise.race([this.#settled(), deadline])) === 'late') {
      this.#ledger.violate(`hangs: ${[...this.#ledger.unsettled()].join(', ')}`);
      return;
    }
    // Threads that are not replaced yet, or a version that was given up, are no fault; what comes next must be sound.
    if (this.#history.failures > 0) await this.#deploys.heal();
    const quiet = await within(HANGS_MS, () => this.#pending().length === 0);
    if (!quiet) for (const what of this.#pending()) this.#ledger.violate(`at rest, ${what}`);
  }

  async #settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #pending(): string[] {
    return this.#swapper
      .stats()
      .plugins.flatMap(({ versions }) =>
        versions.flatMap(({ plugin, version, state, pending, queued, threads }) => [
          ...(state === 'draining' ? [`${plugin}@${version} still drains`] : []),
          ...(pending.length > 0 ? [`${pending.length} calls are pending on ${plugin}@${version}`] : []),
          ...(queued > 0 ? [`${queued} calls wait for ${plugin}@${version}`] : []),
          ...threads.flatMap(({ index, held }) =>
            held > 0 ? [`thread ${index} of ${plugin}@${version} holds ${held}`] : [],
          ),
        ]),
      );
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

function threadCount(): number {
  return (process.report.getReport() as { workers: readonly unknown[] }).workers.length;
}
