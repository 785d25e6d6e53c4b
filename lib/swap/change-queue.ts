/** Runs changes one after the other, each when the one before has settled, however it did. */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Resolves when everything that was added so far has settled. */
  whenIdle(): Promise<unknown> {
    return this.#last;
  }
}
