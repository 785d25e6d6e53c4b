import { isLiveswapError, type ErrorCode } from '../../lib/index.js';

/** What became of every call: each is opened once, settles once, and in a way that was to be expected. */
export class Ledger {
  readonly violations: string[] = [];
  readonly outcomes = new Map<string, number>();
  readonly #open = new Map<number, string>();
  #count = 0;
  #ended = false;

  get calls(): number {
    return this.#count;
  }

  get open(): number {
    return this.#open.size;
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  /** From now on everything may be refused because the swapper is closed. */
  end(): void {
    this.#ended = true;
  }

  /** Whether `error` is nothing but the end. */
  isEnd(error: unknown): boolean {
    return (
      this.#ended && (isLiveswapError(error, 'CLOSED') || (error instanceof Error && this.isEnd(error.cause)))
    );
  }

  /**
   * Follows one call. `objection` looks at its answer; `refusals` are the codes it may be refused with, or what else it may
   * throw.
   */
  async follow(
    name: string,
    call: () => Promise<unknown>,
    objection: (answer: unknown) => string | undefined,
    refusals: readonly (ErrorCode | ((error: unknown) => boolean))[],
  ): Promise<void> {
    const id = ++this.#count;
    this.#open.set(id, name);
    try {
      const answer = await call();
      this.#tally(name, 'answered');
      const found = objection(answer);
      if (found) this.violate(`${name}: ${found}`);
    } catch (error) {
      const expected =
        this.isEnd(error) ||
        refusals.some((one) => (typeof one === 'function' ? one(error) : isLiveswapError(error, one)));
      this.#tally(name, isLiveswapError(error) ? error.code : 'thrown');
      if (!expected) this.violate(`${name}: rejected with ${describe(error)}`);
    } finally {
      if (!this.#open.delete(id)) this.violate(`${name}: settled twice`);
    }
  }

  /** Names of the calls that have not settled. */
  unsettled(): string[] {
    return [...this.#open.values()];
  }

  #tally(name: string, outcome: string): void {
    const key = `${name} ${outcome}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${'code' in error ? String(error.code) : error.name}: ${error.message}${cause}`;
}
