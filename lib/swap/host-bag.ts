import { checkArgument } from '../core/check-argument.js';
import { isFunction } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import { clone } from '../link/clone.js';
import { notCloneable } from '../link/not-cloneable.js';
import { clearTimeout, setTimeout } from '../core/timers.js';
import type { StoreEntry } from '../plugin/store-key.js';
import type { BagUpdate, DataBag } from '../plugin/vault.js';
import { isStoreKey, StoreEntries } from './store-entries.js';
import { UpdateTurns } from './update-turns.js';

/** Access to the data bag for reads and writes. */
export interface BagView {
  get(key: string): unknown;
  /** Resolves when the value is written: writes of a key may be held back briefly. */
  set(key: string, value: unknown): Promise<void>;
  has(key: string): boolean;
  delete(key: string): Promise<boolean>;
  keys(): string[];
  /** Replaces a value by the result of `update`, which runs again when somebody writes in the meantime. */
  update(key: string, update: BagUpdate): Promise<unknown>;
}

/** A bag that returns a separate view for each plugin. */
export interface SharedBag {
  seenBy(plugin: string): BagView;
}

/** Marker in place of a value: the key is deleted. */
export const deleted = Symbol('deleted');

/** A value, and the time at which it was read. */
export interface BagRead {
  readonly value: unknown;
  readonly at: number;
}

/** Milliseconds between two searches for expired entries of stores. */
const SWEEP_MS = 30_000;

/** The data bag itself: the host's map. Each write has a unique logical time, so that the later one wins. */
export class HostBag implements BagView, SharedBag {
  readonly #entries = new Map<string, unknown>();
  /** Time of the last write of each key; deletions are remembered as long as somebody may ask for them. */
  readonly #writtenAt = new Map<string, number>();
  readonly #watchers = new Set<object>();
  readonly #held = new Map<string, Promise<void>>();
  readonly #stores = new StoreEntries();
  readonly #turns = new UpdateTurns();
  readonly #ending: AbortSignal;
  #sweep: NodeJS.Timeout | undefined;
  #moment = 0;

  /** Once `ending` is aborted, expired entries of stores are no longer searched for, so that no timer stays behind. */
  constructor(ending: AbortSignal) {
    this.#ending = ending;
    ending.addEventListener('abort', () => clearTimeout(this.#sweep), { once: true });
  }

  seenBy(): BagView {
    return this;
  }

  get(key: string): unknown {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => !isStoreKey(key));
  }

  /** @throws LiveswapError `NOT_CLONEABLE` naming the path of the value that no thread could read */
  async set(key: string, value: unknown): Promise<void> {
    const copy = cloneOf(key, value);
    // A read right after this call must see the value, so await only when the key is held.
    if (this.#held.has(key)) await this.#held.get(key);
    this.put(key, copy);
  }

  async delete(key: string): Promise<boolean> {
    if (this.#held.has(key)) await this.#held.get(key);
    const had = this.has(key);
    this.put(key, deleted);
    return had;
  }

  async update(key: string, update: BagUpdate): Promise<unknown> {
    const endTurn = await this.#turns.take(key);
    try {
      for (;;) {
        const { value, at } = this.read(key);
        const next = await updated(key, value, update);
        await this.#held.get(key);
        if (this.isWrittenAfter(at, key)) continue;
        this.put(key, next);
        return next === deleted ? undefined : structuredClone(next);
      }
    } finally {
      endTurn();
    }
  }

  /** Returns the time of this event, which is later than the times of all events before. */
  tick(): number {
    return ++this.#moment;
  }

  read(key: string): BagRead {
    return { value: this.#entries.get(key), at: this.tick() };
  }

  /** Writes a value that already belongs to the bag, or {@link deleted}. */
  put(key: string, value: unknown): void {
    const at = this.tick();
    if (value !== deleted) this.#entries.set(key, value);
    else this.#entries.delete(key);
    if (value !== deleted || this.#watchers.size > 0) this.#writtenAt.set(key, at);
    else this.#writtenAt.delete(key);
    if (isStoreKey(key)) this.#noteStored(key, value);
  }

  #noteStored(key: string, value: unknown): void {
    const entry = value === deleted ? undefined : (value as StoreEntry);
    for (const surplus of this.#stores.note(key, entry)) this.put(surplus, deleted);
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#sweep || this.#ending.aborted || this.#stores.isEmpty) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      for (const key of this.#stores.expired(Date.now())) this.put(key, deleted);
      this.#sweepLater();
    }, SWEEP_MS).unref();
  }

  isWrittenAfter(moment: number, key: string): boolean {
    return (this.#writtenAt.get(key) ?? 0) > moment;
  }

  /** Remembers deletions until the bag is unwatched. */
  watch(watcher: object): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: object): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    for (const key of this.#writtenAt.keys()) if (!this.has(key)) this.#writtenAt.delete(key);
  }

  /** Delays other writers of a key until `released` resolves. */
  hold(key: string, released: Promise<void>): void {
    const held = released.then(() => {
      if (this.#held.get(key) === held) this.#held.delete(key);
    });
    this.#held.set(key, held);
  }
}

/** Resolves to the result of an update: a copy that belongs to the bag, or {@link deleted}. */
export async function updated(key: string, value: unknown, update: BagUpdate): Promise<unknown> {
  checkArgument('update', update, ['a function', isFunction]);
  const next: unknown = await update(structuredClone(value));
  return next === undefined ? deleted : cloneOf(key, next);
}

/** Returns the bag for the host's own code, with the same interface as in plugins, so that code can move between them. */
export function asDataBag(bag: BagView): DataBag {
  return {
    get: async (key) => structuredClone(bag.get(checkedKey(key))),
    set: async (key, value) => bag.set(checkedKey(key), value),
    has: async (key) => bag.has(checkedKey(key)),
    delete: async (key) => bag.delete(checkedKey(key)),
    keys: async () => bag.keys(),
    update: async (key, update) => bag.update(checkedKey(key), update as BagUpdate) as Promise<never>,
  };
}

/**
 * Returns a key of the bag, which code without types may get wrong: an entry under another key would end every later `keys()`.
 * @throws LiveswapError `OPTION_INVALID` when it is no string
 */
export function checkedKey(key: unknown): string {
  if (typeof key === 'string') return key;
  const message = `A key of the data bag must be a string; it is ${shownValue(key)}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'key' });
}

/** Copies a value: the bag owns its values, so every write and read makes a copy. */
export function cloneOf(key: string, value: unknown): unknown {
  try {
    return clone(value);
  } catch (cause) {
    throw notCloneable({ name: `dataBag.${key}` }, value, cause);
  }
}
