/** Code that waits for the same moment, which may come again. */
export class Waiters {
  #resolvers: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#resolvers.length === 0;
  }

  /** Resolves at the next {@link release}. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  /** Releases everybody who is waiting now; later arrivals wait for the next release. */
  release(): void {
    if (this.isEmpty) return;
    const resolvers = this.#resolvers;
    this.#resolvers = [];
    for (const resolve of resolvers) resolve();
  }
}
