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

  /** Lets everybody go who waits now; whoever comes meanwhile waits for the next time. */
  release(): void {
    if (this.isEmpty) return;
    const resolvers = this.#resolvers;
    this.#resolvers = [];
    for (const resolve of resolvers) resolve();
  }
}
