import { LiveswapError, messageOf } from '../core/errors.js';

/** Something that takes work by itself: a consumer, a poller, a schedule. */
export interface Taker {
  /** Name of the taker. Among several of one name, the n-th of a version takes over from the n-th of the version before. */
  readonly name: string;
  /** Begins to take work. `previous` is the data handed over by its predecessor. */
  start(previous: unknown): unknown;
  /** Begins nothing new until {@link letGo} or {@link pause}, because its version is about to yield. */
  hold?(): void;
  /** Revokes {@link hold}, because its version does not yield after all. */
  letGo?(): void;
  /** Stops taking work. Settles when everything that was fetched is counted as open work; resolves to the data handed over. */
  pause(): unknown;
  /** Continues after {@link pause}, because its version was not replaced after all. */
  resume(): unknown;
  /** Ends taking work for good. */
  end(): unknown;
}

/** Data that the takers of a version hand over, by name. */
export type TakerBatons = Readonly<Record<string, unknown>>;

interface Entry {
  readonly name: string;
  readonly taker: WeakRef<Taker>;
  /** A taker at work is kept alive by its own timers and connections; otherwise only this reference keeps it. */
  kept: Taker | undefined;
  state: 'waiting' | 'active' | 'paused';
  /** Settles when the taker has paused. */
  pausing: Promise<unknown>;
}

const FIRST_SWEEP = 64;

/** The takers of work in one artifact: they begin when the version becomes active, and pause when it yields. */
export class Takers {
  #entries: Entry[] = [];
  readonly #counts = new Map<string, number>();
  #isActive = false;
  #isExpected = false;
  #previous: TakerBatons = {};
  #sweepAt = FIRST_SWEEP;
  #blocked: () => void = () => {};

  /**
   * Resolves when the artifact's code has started work that waits for the version to become active; the code itself may be
   * waiting as well.
   */
  readonly whenBlocked = new Promise<void>((resolve) => (this.#blocked = resolve));

  /** True when there are takers, or may be some later. */
  get isExpected(): boolean {
    return this.#isExpected;
  }

  /** Declares that takers may be added at any time, so that the version is told when it becomes active. */
  expect(): void {
    this.#isExpected = true;
  }

  /** See {@link whenBlocked}. */
  noteBlocked(): void {
    this.#blocked();
  }

  add(taker: Taker): void {
    this.expect();
    const nth = this.#counts.get(taker.name) ?? 0;
    this.#counts.set(taker.name, nth + 1);
    const entry: Entry = {
      name: `${taker.name}#${nth}`,
      taker: new WeakRef(taker),
      kept: taker,
      state: 'waiting',
      pausing: Promise.resolve(),
    };
    this.#entries.push(entry);
    this.#sweep();
    // The constructor of the taker may not have ended yet.
    queueMicrotask(() => {
      if (this.#isActive && entry.state === 'waiting') this.#begin(entry);
    });
  }

  /** Starts or resumes all takers; `previous` is the data handed over by the version before. */
  async start(previous: TakerBatons = {}): Promise<void> {
    this.#isActive = true;
    this.#previous = previous;
    try {
      for (const entry of this.#entries) {
        if (entry.state === 'paused') await this.#goOn(entry);
        else if (entry.state === 'waiting') this.#begin(entry);
      }
    } catch (error) {
      await this.pause().catch(() => {});
      throw error;
    }
  }

  /** Makes all takers begin nothing new, because the version is about to yield. */
  hold(): void {
    for (const taker of this.#active()) taker.hold?.();
  }

  /** Revokes {@link hold}. */
  letGo(): void {
    for (const taker of this.#active()) taker.letGo?.();
  }

  /** Pauses all takers. Resolves to the data to hand over; rejects with the first failure once all have been asked. */
  async pause(): Promise<TakerBatons> {
    this.#isActive = false;
    const batons: Record<string, unknown> = {};
    const pausing = this.#entries.flatMap((entry) => {
      const taker = entry.taker.deref();
      if (!taker || entry.state !== 'active') return [];
      entry.kept = taker;
      entry.state = 'paused';
      const paused = (async () => taker.pause())().then((baton) => {
        if (baton !== undefined) batons[entry.name] = baton;
      });
      entry.pausing = paused.catch(() => {});
      return paused;
    });
    const failed = (await Promise.allSettled(pausing)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
    return batons;
  }

  /** Ends all takers. Resolves to the failures. */
  async end(): Promise<LiveswapError[]> {
    const failures: LiveswapError[] = [];
    await Promise.all(
      this.#entries.splice(0).map(async ({ name, taker }) => {
        try {
          await taker.deref()?.end();
        } catch (cause) {
          failures.push(cannotEnd(name, cause));
        }
      }),
    );
    return failures;
  }

  #active(): Taker[] {
    return this.#entries.flatMap(({ state, taker }) => (state === 'active' ? (taker.deref() ?? []) : []));
  }

  #begin(entry: Entry): void {
    const taker = entry.kept;
    entry.state = 'active';
    taker?.start(this.#previous[entry.name]);
    entry.kept = undefined;
  }

  async #goOn(entry: Entry): Promise<void> {
    await entry.pausing;
    const taker = entry.kept;
    entry.state = 'active';
    await taker?.resume();
    entry.kept = undefined;
  }

  /** Forgets takers that were collected: a server may make one for each request. */
  #sweep(): void {
    if (this.#entries.length < this.#sweepAt) return;
    this.#entries = this.#entries.filter(({ kept, taker }) => kept ?? taker.deref());
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#entries.length);
  }
}

/** The takers of the artifact into which this copy of the module is bundled. */
export const takers = new Takers();

function cannotEnd(resource: string, cause: unknown): LiveswapError {
  const message = `Cannot end ${resource}: ${messageOf(cause)}`;
  return new LiveswapError('HOOK_FAILED', message, { hook: 'resource', resource, cause });
}
