/** A deposit that was begun. */
export interface Deposit {
  readonly id: number;
  /** Number of times that state had perhaps been lost by then. */
  readonly losses: number;
}

/** The deposits that a plugin must hold: those that were answered since the last loss, perhaps others, and none twice. */
export class Deposits {
  readonly #violate: (what: string) => void;
  /** Deposits that the state must have. */
  readonly #certain = new Set<number>();
  /** Deposits that were dropped on purpose. */
  readonly #dropped = new Set<number>();
  #last = 0;
  #losses = 0;

  constructor(violate: (what: string) => void) {
    this.#violate = violate;
  }

  /** Number of times that state was perhaps lost. */
  get losses(): number {
    return this.#losses;
  }

  make(): Deposit {
    return { id: ++this.#last, losses: this.#losses };
  }

  /** Records that a deposit was answered. */
  settle({ id, losses }: Deposit): void {
    if (losses === this.#losses) this.#certain.add(id);
  }

  /** Records that the thread with the state has died: its deposits may be there from a copy, in part, or not at all. */
  mayBeLost(): void {
    this.#losses++;
    this.#certain.clear();
  }

  certain(): number[] {
    return [...this.#certain];
  }

  /** Records that the state was begun anew on purpose, when it had `gone` for certain. */
  drop(gone: readonly number[]): void {
    for (const id of gone) this.#dropped.add(id);
    this.mayBeLost();
  }

  /** Checks the state against the deposits that it must hold. */
  check(state: readonly (readonly [id: number, times: number])[]): void {
    const there = new Set(state.map(([id]) => id));
    const missing = [...this.#certain].filter((id) => !there.has(id));
    const twice = state.filter(([, times]) => times !== 1).map(([id]) => id);
    const unknown = state.filter(([id]) => id > this.#last).map(([id]) => id);
    const back = state.filter(([id]) => this.#dropped.has(id)).map(([id]) => id);
    const faults = {
      lost: missing,
      'made twice': twice,
      'never made': unknown,
      'back after they were dropped': back,
    };
    for (const [fault, ids] of Object.entries(faults))
      if (ids.length > 0) this.#violate(`The treasury: deposits ${ids.join(', ')} are ${fault}`);
  }
}
