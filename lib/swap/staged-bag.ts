import { LiveswapError } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import type { BagUpdate } from '../plugin/vault.js';
import { cloneOf, deleted, updated, type BagView, type HostBag, type SharedBag } from './host-bag.js';

/** Updates that are out of date are done again so often; the last time, others' writes wait, for so long at most. */
const ROUNDS = 3;
const LONGEST_HOLD_MS = 100;

/** What was written to a key. */
interface StagedValue {
  readonly value: unknown;
  readonly plugin: string;
  /** Whoever writes to the bag after this moment has written what this does not know of. */
  readonly since: number;
  /** It was made of what had been read from the bag before. */
  readonly isBasedOnRead: boolean;
  /** What is to be done again over what others have written. */
  readonly updates: readonly BagUpdate[];
}

/**
 * Writes of a generation that is not current yet, over the bag as it is. A reload that fails has never written. Of two writes
 * the later one wins, whoever made it, unless one was made of what it had read: then the reload is refused.
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

  /** Whether it has become the bag itself. */
  get isCommitted(): boolean {
    return this.#committed;
  }

  seenBy(plugin: string): BagView {
    const view = this.#views.get(plugin) ?? new StagedView(this, this.#bag, plugin);
    this.#views.set(plugin, view);
    return view;
  }

  /** What was written to a key and still holds: a later write of others has taken the place of one that knew nothing. */
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
   * Does updates again that are out of date, until none is or it has tried often enough. Returns what lets the writes go on
   * that wait until then.
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
   * @param when before exclusive work changes hands, updates that are out of date are still to be done again.
   * @throws LiveswapError `BAG_CONFLICT` for a value that was made of what has been written again since
   */
  refuseConflicts(when: 'handOver' | 'assignment'): void {
    for (const [key, { since, plugin, isBasedOnRead, updates }] of this.entries) {
      const isFinal = isBasedOnRead || (when === 'assignment' && updates.length > 0);
      if (isFinal && this.#bag.isWrittenAfter(since, key)) throw conflict(plugin, key, isBasedOnRead);
    }
  }

  /** Writes everything to the bag; from now on, this view is the bag. */
  commit(): void {
    for (const [key, { value }] of this.entries) this.#bag.put(key, value);
    this.drop();
    this.#committed = true;
  }

  /** Forgets everything. */
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

/** What one plugin sees of the bag while its generation comes up. */
class StagedView implements BagView {
  readonly #staged: StagedBag;
  readonly #bag: HostBag;
  readonly #plugin: string;
  /** When each key was last read from the bag itself. */
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
      else keys.add(key);
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

  /** What a plugin has read and then writes, it may have made of that. */
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
    ? `${plugin} has read ${key} in the data bag and written it as it came up, and others have written it meanwhile: use dataBag.update(key, change), which is done again then.`
    : `${plugin} could not update ${key} in the data bag as it came up: others wrote it each time, and the update took longer than they can be made to wait; let dataBag.update take less.`;
  return new LiveswapError('BAG_CONFLICT', message, { plugin, key });
}
