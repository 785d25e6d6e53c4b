import { LiveswapError } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import type { BagUpdate } from '../plugin/vault.js';
import { cloneOf, deleted, updated, type BagView, type HostBag, type SharedBag } from './host-bag.js';
import { isStoreKey } from './store-entries.js';

/** Maximum number of rounds in which outdated updates are repeated; during the last, other writes wait, with a time limit. */
const ROUNDS = 3;
const LONGEST_HOLD_MS = 100;

/** A value written to a key. */
interface StagedValue {
  readonly value: unknown;
  readonly plugin: string;
  /** Time of this write: it did not take later writes to the bag into account. */
  readonly since: number;
  /** True when it was derived from a value read from the bag before. */
  readonly isBasedOnRead: boolean;
  /** Updates to repeat on top of what others have written. */
  readonly updates: readonly BagUpdate[];
}

/**
 * Writes of a generation that is not current yet, layered over the bag. A reload that fails leaves no writes. Of two writes the
 * later one wins, whoever made it, unless one was derived from an earlier read: then the reload is refused.
 */
export class StagedBag implements SharedBag {
  readonly #bag: HostBag;
  readonly #values = new Map<string, StagedValue>();
  readonly #views = new Map<string, StagedView>();
  #committed = false;

  constructor(bag: HostBag) {
    this.#bag = bag;
    bag.watch(this);
  }

  /** True once it has been committed to the bag. */
  get isCommitted(): boolean {
    return this.#committed;
  }

  seenBy(plugin: string): BagView {
    const view = this.#views.get(plugin) ?? new StagedView(this, this.#bag, plugin);
    this.#views.set(plugin, view);
    return view;
  }

  /**
   * Returns the value written to a key if it is still valid: a later write by others replaces one that was not derived from a
   * read.
   */
  valueOf(key: string): StagedValue | undefined {
    const staged = this.#values.get(key);
    return staged && this.#isOvertaken(key, staged) ? undefined : staged;
  }

  get entries(): Iterable<readonly [key: string, staged: StagedValue]> {
    return [...this.#values].filter(([key, staged]) => !this.#isOvertaken(key, staged));
  }

  put(key: string, staged: StagedValue): void {
    this.#values.set(key, staged);
  }

  /**
   * Repeats outdated updates until none is left or the rounds are used up. Returns a function that releases the writes that wait
   * until then.
   */
  async settle(): Promise<() => void> {
    let letGo = (): void => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    for (let round = 1; round <= ROUNDS; round++) {
      const keys = [...this.#values.keys()].filter((key) => this.#isOutOfDate(key));
      if (round === ROUNDS && keys.length > 0) {
        for (const key of keys) this.#bag.hold(key, released);
        setTimeout(letGo, LONGEST_HOLD_MS).unref();
      }
      await Promise.all(keys.map((key) => this.#updateAgain(key)));
    }
    return letGo;
  }

  /**
   * @param when before exclusive work is handed over, outdated updates can still be repeated.
   * @throws LiveswapError `BAG_CONFLICT` for a value derived from one that has since been overwritten
   */
  refuseConflicts(when: 'handOver' | 'assignment'): void {
    for (const [key, { since, plugin, isBasedOnRead, updates }] of this.entries) {
      const isFinal = isBasedOnRead || (when === 'assignment' && updates.length > 0);
      if (isFinal && this.#bag.isWrittenAfter(since, key)) throw conflict(plugin, key, isBasedOnRead);
    }
  }

  /** Writes everything to the bag; from then on, this view is the bag. */
  commit(): void {
    for (const [key, { value }] of this.entries) this.#bag.put(key, value);
    this.drop();
    this.#committed = true;
  }

  /** Discards all writes. */
  drop(): void {
    this.#values.clear();
    this.#bag.unwatch(this);
  }

  #isOvertaken(key: string, { since, isBasedOnRead, updates }: StagedValue): boolean {
    return !isBasedOnRead && updates.length === 0 && this.#bag.isWrittenAfter(since, key);
  }

  #isOutOfDate(key: string): boolean {
    const { since, updates } = this.#values.get(key) as StagedValue;
    return updates.length > 0 && this.#bag.isWrittenAfter(since, key);
  }

  async #updateAgain(key: string): Promise<void> {
    const staged = this.#values.get(key) as StagedValue;
    const { value: current, at } = this.#bag.read(key);
    let value: unknown = current;
    for (const update of staged.updates)
      value = await updated(key, value === deleted ? undefined : value, update);
    this.put(key, { ...staged, value, since: at });
  }
}

/** One plugin's view of the bag while its generation starts. */
class StagedView implements BagView {
  readonly #staged: StagedBag;
  readonly #bag: HostBag;
  readonly #plugin: string;
  /** Time at which each key was last read from the bag itself. */
  readonly #readAt = new Map<string, number>();

  constructor(staged: StagedBag, bag: HostBag, plugin: string) {
    this.#staged = staged;
    this.#bag = bag;
    this.#plugin = plugin;
  }

  get(key: string): unknown {
    const staged = this.#staged.valueOf(key);
    if (!staged) return this.#read(key);
    return staged.value === deleted ? undefined : staged.value;
  }

  has(key: string): boolean {
    const staged = this.#staged.valueOf(key);
    if (staged) return staged.value !== deleted;
    this.#read(key);
    return this.#bag.has(key);
  }

  keys(): string[] {
    const keys = new Set(this.#bag.keys());
    for (const [key, { value }] of this.#staged.entries) {
      if (value === deleted) keys.delete(key);
      else if (!isStoreKey(key)) keys.add(key);
    }
    return [...keys];
  }

  async set(key: string, value: unknown): Promise<void> {
    if (this.#staged.isCommitted) return this.#bag.set(key, value);
    this.#put(key, cloneOf(key, value));
  }

  async delete(key: string): Promise<boolean> {
    if (this.#staged.isCommitted) return this.#bag.delete(key);
    const staged = this.#staged.valueOf(key);
    const had = staged ? staged.value !== deleted : this.#bag.has(key);
    this.#put(key, deleted);
    return had;
  }

  async update(key: string, update: BagUpdate): Promise<unknown> {
    for (;;) {
      if (this.#staged.isCommitted) return this.#bag.update(key, update);
      const before = this.#staged.valueOf(key);
      const read = this.#bag.read(key);
      const current = before ? before.value : read.value;
      const value = await updated(key, current === deleted ? undefined : current, update);
      if (this.#staged.isCommitted || this.#staged.valueOf(key) !== before) continue;
      const { since = read.at, isBasedOnRead = false, updates = [] } = before ?? {};
      const plugin = this.#plugin;
      this.#staged.put(key, { value, plugin, since, isBasedOnRead, updates: [...updates, update] });
      return value === deleted ? undefined : structuredClone(value);
    }
  }

  #read(key: string): unknown {
    const { value, at } = this.#bag.read(key);
    if (!this.#staged.isCommitted) this.#readAt.set(key, at);
    return value;
  }

  /** Writes a value. If the plugin has read the key before, the value may be derived from that read. */
  #put(key: string, value: unknown): void {
    const readAt = this.#readAt.get(key);
    this.#staged.put(key, {
      value,
      plugin: this.#plugin,
      since: readAt ?? this.#bag.tick(),
      isBasedOnRead: readAt !== undefined,
      updates: [],
    });
  }
}

function conflict(plugin: string, key: string, isBasedOnRead: boolean): LiveswapError {
  const message = isBasedOnRead
    ? `${plugin} has read ${key} in the data bag and written it as it came up, and others have written it meanwhile: use dataBag.update(key, change), which is repeated in that case.`
    : `${plugin} could not update ${key} in the data bag as it came up: others wrote it each time, and the update took longer than they can be made to wait; make dataBag.update faster.`;
  return new LiveswapError('BAG_CONFLICT', message, { plugin, key });
}
