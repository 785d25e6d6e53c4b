import type { Swapper } from '../../lib/index.js';

/** Calls of every kind, one after the other, until it is stopped. */
export class LightLoad {
  readonly #swapper: Swapper;
  readonly #signal = new AbortController().signal;
  readonly #done: Promise<void>;
  #stopped = false;
  #calls = 0;

  /** `onFailure` receives the error of every call that fails: there must be none. */
  constructor(swapper: Swapper, onFailure: (error: unknown) => void) {
    this.#swapper = swapper;
    this.#done = this.#run(onFailure);
  }

  get calls(): number {
    return this.#calls;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(onFailure: (error: unknown) => void): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#round();
      } catch (error) {
        onFailure(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async #round(): Promise<void> {
    const calls = [
      this.#swapper.call('live_edition'),
      this.#swapper.call('live_forge', 10),
      this.#swapper.call('live_arm'),
      this.#swapper.call('live_report', (report: unknown) => report),
      this.#swapper.with({ timeoutMs: 60_000, signal: this.#signal }).call('live_watch', this.#signal),
    ];
    await Promise.all(calls);
    const steps = (await this.#swapper.call('live_patrol', 3)) as AsyncIterable<unknown>;
    const seen: unknown[] = [];
    for await (const step of steps) seen.push(step);
    await this.#readHalf();
    await this.#callPinned();
    this.#calls += calls.length + 4;
  }

  /** Leaves a stream and an iterator half-read. */
  async #readHalf(): Promise<void> {
    const stream = (await this.#swapper.call('live_supply')) as ReadableStream;
    for await (const chunk of stream) if (chunk) break;
    const patrol = (await this.#swapper.call('live_patrol', 3)) as AsyncGenerator<unknown>;
    await patrol.next();
    await patrol.return(undefined);
  }

  async #callPinned(): Promise<void> {
    const session = this.#swapper.pin();
    const [first, second] = [await session.call('live_edition'), await session.call('live_edition')];
    await session.release();
    if (first !== second) throw new Error(`A pinned session met the editions ${first} and ${second}.`);
  }
}
