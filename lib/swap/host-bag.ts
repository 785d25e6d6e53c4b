import { notCloneable } from '../link/not-cloneable.js';
import type { DataBag } from '../plugin/vault.js';

/** What reads and writes of the data bag go through. */
export interface BagView {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  has(key: string): boolean;
  delete(key: string): boolean;
  keys(): string[];
}

/** The data bag itself: the host's map. */
export class HostBag implements BagView {
  readonly #entries = new Map<string, unknown>();

  get(key: string): unknown {
    return this.#entries.get(key);
  }

  /** @throws LiveswapError `NOT_CLONEABLE` naming the path of what no thread could read */
  set(key: string, value: unknown): void {
    this.#entries.set(key, cloneOf(key, value));
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** A view whose writes stay aside until they are committed: what a reload that fails has written never was. */
  stage(): StagedBag {
    return new StagedBag(this);
  }
}

const deleted = Symbol('deleted');

/** Writes of a generation that is not current yet, over the bag as it is. */
export class StagedBag implements BagView {
  readonly #bag: HostBag;
  readonly #writes = new Map<string, unknown>();
  #committed = false;

  constructor(bag: HostBag) {
    this.#bag = bag;
  }

  /** Whether it has become the bag itself. */
  get isCommitted(): boolean {
    return this.#committed;
  }

  get(key: string): unknown {
    if (!this.#writes.has(key)) return this.#bag.get(key);
    const value = this.#writes.get(key);
    return value === deleted ? undefined : value;
  }

  set(key: string, value: unknown): void {
    if (this.#committed) return this.#bag.set(key, value);
    this.#writes.set(key, cloneOf(key, value));
  }

  has(key: string): boolean {
    return this.#writes.has(key) ? this.#writes.get(key) !== deleted : this.#bag.has(key);
  }

  delete(key: string): boolean {
    if (this.#committed) return this.#bag.delete(key);
    const had = this.has(key);
    this.#writes.set(key, deleted);
    return had;
  }

  keys(): string[] {
    const keys = new Set(this.#bag.keys());
    for (const [key, value] of this.#writes) {
      if (value === deleted) keys.delete(key);
      else keys.add(key);
    }
    return [...keys];
  }

  /** Writes everything to the bag; from now on, this view is the bag. */
  commit(): void {
    for (const [key, value] of this.#writes) {
      if (value === deleted) this.#bag.delete(key);
      else this.#bag.set(key, value);
    }
    this.#writes.clear();
    this.#committed = true;
  }
}

/** The bag as the host's own code sees it: as plugins do, so that code can move between them. */
export function asDataBag(bag: BagView): DataBag {
  return {
    get: async (key) => structuredClone(bag.get(key)),
    set: async (key, value) => bag.set(key, value),
    has: async (key) => bag.has(key),
    delete: async (key) => bag.delete(key),
    keys: async () => bag.keys(),
  };
}

/** What is in the bag belongs to it: whoever put it there, or reads it, has a copy. */
function cloneOf(key: string, value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (cause) {
    throw notCloneable({ name: `dataBag.${key}` }, value, cause);
  }
}
