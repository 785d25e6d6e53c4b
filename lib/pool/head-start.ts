import { outsideContext } from '../core/async-context.js';
import { BLANK_LEAVE_MS, type ThreadPool } from './thread-pool.js';
import { bootPool, withBooted, type WarmPool } from './warm-pool.js';

/**
 * One thread that boots while the first load still reads its artifacts: its boot takes longer than everything else that the load
 * does. How many more the first version needs is known only when its artifact has been read.
 */
export class HeadStart {
  readonly #create: () => ThreadPool;
  #ahead: WarmPool | undefined;
  #isOver = false;

  constructor(create: () => ThreadPool) {
    this.#create = create;
  }

  /** Boots the thread, unless the first load is over. Resolves when it has begun to boot. */
  async begin(): Promise<void> {
    if (this.#isOver) return;
    this.#ahead ??= outsideContext(() => bootPool(this.#create(), 1));
    await this.#ahead.threads[0]?.begun;
  }

  /** Returns a pool of `threads` threads that boot now, the first of which has begun earlier; `undefined` if it was taken. */
  take(threads: number): ThreadPool | undefined {
    const ahead = this.#ahead;
    if (!ahead) return undefined;
    this.#ahead = undefined;
    this.#isOver = true;
    const others = bootPool(ahead.pool, threads - 1);
    return withBooted({ ...others, threads: [...ahead.threads, ...others.threads] });
  }

  /** Ends the thread if nothing has taken it. */
  async close(): Promise<void> {
    this.#isOver = true;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    await ahead?.pool.close(BLANK_LEAVE_MS);
  }
}
