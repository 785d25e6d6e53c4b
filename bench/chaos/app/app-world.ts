/** The editions that may answer a request, and the events that may interrupt it, from its beginning to its end. */
export interface Watch {
  /** Editions that were current, or about to be, at some time since it began. */
  readonly editions: Set<number>;
  /** True when a thread died meanwhile: the request may fail. */
  mayFail: boolean;
}

/** The model of an app under chaos: which editions may answer, and which requests a crash may have cut. */
export class AppWorld {
  readonly violations: string[] = [];
  requests = 0;
  /** Number of requests that failed because of a crash. */
  cut = 0;
  #candidates = new Set([1]);
  #isCrashing = false;
  readonly #open = new Set<Watch>();

  violate(text: string): void {
    this.violations.push(text);
  }

  /** A change to an edition begins: from now on it may answer, too. */
  mayBecome(edition: number): void {
    this.#candidates.add(edition);
    for (const { editions } of this.#open) editions.add(edition);
  }

  /** Only this edition answers requests that begin from now on. */
  became(edition: number): void {
    this.#candidates = new Set([edition]);
  }

  crashes(): void {
    this.#isCrashing = true;
    for (const watch of this.#open) watch.mayFail = true;
  }

  recovered(): void {
    this.#isCrashing = false;
  }

  /** Makes a request, and checks its outcome against the model: `ask` resolves to the edition that answered. */
  async watch(what: string, ask: () => Promise<number>): Promise<void> {
    const watch: Watch = { editions: new Set(this.#candidates), mayFail: this.#isCrashing };
    this.#open.add(watch);
    this.requests++;
    try {
      const edition = await ask();
      if (!watch.editions.has(edition))
        this.violate(
          `${what} was answered by edition ${edition}, not by ${[...watch.editions].join(' or ')}`,
        );
    } catch (error) {
      if (watch.mayFail) this.cut++;
      else this.violate(`${what} failed: ${String(error)}`);
    } finally {
      this.#open.delete(watch);
    }
  }
}
