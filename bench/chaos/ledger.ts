import { isLiveswapError, type ErrorCode } from '../../lib/index.js';

/** An error that a call may reject with: by its code, or by a test of it. */
export type Refusal = ErrorCode | ((error: unknown) => boolean);

/** Outcome of every call and every change: each is opened once, settles once, and in an expected way. */
export class Ledger {
  readonly violations: string[] = [];
  readonly outcomes = new Map<string, number>();
  readonly #open = new Map<number, { readonly name: string; readonly since: number }>();
  #count = 0;
  #settled = 0;
  #ended = false;

  get calls(): number {
    return this.#count;
  }

  /** Number of calls and changes that have settled, which grows as long as anything makes progress. */
  get settled(): number {
    return this.#settled;
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  /** True when everything may be refused, because the swapper is closed. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Lets everything be refused from now on, because the swapper is closed. */
  end(): void {
    this.#ended = true;
  }

  /** Returns true when `error` is nothing but the end. */
  isEnd(error: unknown): boolean {
    return (
      this.#ended && (isLiveswapError(error, 'CLOSED') || (error instanceof Error && this.isEnd(error.cause)))
    );
  }

  /** Follows one call. `objection` inspects its answer; `refusals` are the errors with which it may reject. */
  follow(
    name: string,
    call: () => Promise<unknown>,
    objection: (answer: unknown) => string | undefined,
    refusals: readonly Refusal[],
  ): Promise<void> {
    return this.during(name, async () => {
      try {
        const answer = await call();
        this.#tally(name, 'answered');
        const found = objection(answer);
        if (found) this.violate(`${name}: ${found}`);
      } catch (error) {
        this.#tally(name, isLiveswapError(error) ? error.code : 'thrown');
        if (!this.isEnd(error) && !refusals.some((one) => isRefusal(error, one)))
          this.violate(`${name}: rejected with ${describe(error)}`);
      }
    });
  }

  /** Runs something under a name, which is reported if it hangs. */
  async during(name: string, run: () => Promise<unknown>): Promise<void> {
    const id = ++this.#count;
    this.#open.set(id, { name, since: performance.now() });
    try {
      await run();
    } finally {
      this.#settled++;
      if (!this.#open.delete(id)) this.violate(`${name}: settled twice`);
    }
  }

  /** Returns the names of the calls and changes that have not settled, and for how long. */
  unsettled(): string[] {
    const now = performance.now();
    return [...this.#open.values()].map(({ name, since }) => `${name} for ${Math.round(now - since)} ms`);
  }

  #tally(name: string, outcome: string): void {
    const key = `${name} ${outcome}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
  }
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${describe(error.cause)})`;
  return `${'code' in error ? String(error.code) : error.name}: ${error.message}${cause}`;
}

function isRefusal(error: unknown, one: Refusal): boolean {
  return typeof one === 'function' ? one(error) : isLiveswapError(error, one);
}
