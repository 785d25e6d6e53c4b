/** Runs changes one after another; each starts when the previous one has settled, whether it succeeded or failed. */
export class ChangeQueue<Change, Result> {
  #last: Promise<unknown> = Promise.resolve();
  #length = 0;
  /** The last change, while it waits and others may join it. */
  #joinable: { readonly change: Change; readonly result: Promise<Result> } | undefined;

  /** Runs a change on its own. */
  add<Own>(run: () => Promise<Own>): Promise<Own> {
    this.#joinable = undefined;
    return this.#add(run);
  }

  /** Runs a change, or joins the last one if that still waits and `isSame` returns true for it. */
  join(change: Change, run: () => Promise<Result>, isSame: (waiting: Change) => boolean): Promise<Result> {
    if (this.#joinable && isSame(this.#joinable.change)) return this.#joinable.result;
    const mustWait = this.#length > 0;
    const result = this.#add(() => {
      if (this.#joinable === own) this.#joinable = undefined;
      return run();
    });
    const own = { change, result };
    this.#joinable = mustWait ? own : undefined;
    return result;
  }

  /** Resolves when every change added so far has settled. */
  whenIdle(): Promise<unknown> {
    return this.#last;
  }

  #add<Own>(run: () => Promise<Own>): Promise<Own> {
    this.#length++;
    const result = this.#last.then(run).finally(() => this.#length--);
    this.#last = result.catch(() => {});
    return result;
  }
}
