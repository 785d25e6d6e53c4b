/** The lines that a process prints, to be waited for one after the other. */
export class LineLog {
  readonly #lines: string[] = [];
  readonly #ended: Promise<unknown>;
  #read = 0;
  #told = (): void => {};

  /** @param ended settles when there will be no more lines. */
  constructor(ended: Promise<unknown>) {
    this.#ended = ended;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#told();
  }

  /** Resolves to the match of the next line that matches; with `from` 0, lines that were read already are searched, too. */
  async next(pattern: RegExp, from = this.#read): Promise<RegExpExecArray> {
    this.#read = from;
    for (;;) {
      while (this.#read < this.#lines.length) {
        const found = pattern.exec(this.#lines[this.#read++] as string);
        if (found) return found;
      }
      await Promise.race([this.#another(), this.#end(pattern)]);
    }
  }

  #another(): Promise<void> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }

  async #end(pattern: RegExp): Promise<void> {
    await this.#ended;
    if (this.#read < this.#lines.length) return;
    throw new Error(`It ended without ${pattern}:\n${this.#lines.join('\n')}`);
  }
}
