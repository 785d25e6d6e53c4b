import { outsideContext } from '../core/async-context.js';
import { BLANK_LEAVE_MS, type ServingThread, type ThreadPool } from './thread-pool.js';
import { withBooted } from './warm-pool.js';

/** A thread that has begun to boot, in a pool of its own. */
interface Ahead {
  readonly pool: ThreadPool;
  readonly thread: ServingThread;
}

/**
 * One thread that boots while the first load still reads its artifacts: its boot takes longer than everything else that the load
 * does. How many more the first version needs is known only when its artifact has been read.
 */
export class HeadStart {
  readonly #create: () => ThreadPool;
  #ahead: Ahead | undefined;
  #isOver = false;

  constructor(create: () => ThreadPool) {
    this.#create = create;
  }

  /** Boots the thread, unless the first load is over. Resolves when it has begun to boot. */
  async begin(): Promise<void> {
    if (this.#isOver) return;
    this.#ahead ??= outsideContext(() => {
      const pool = this.#create();
      return { pool, thread: pool.serve() };
    });
    await this.#ahead.thread.begun;
  }

  /** Returns a pool of `threads` threads that boot now, the first of which has begun earlier; `undefined` if it was taken. */
  take(threads: number): ThreadPool | undefined {
    const ahead = this.#ahead;
    if (!ahead) return undefined;
    this.#ahead = undefined;
    this.#isOver = true;
    const { pool, thread } = ahead;
    const others = Array.from({ length: threads - 1 }, () => pool.serve());
    return withBooted({ pool, threads: [thread, ...others] });
  }

  /** Ends the thread if nothing has taken it. */
  async close(): Promise<void> {
    this.#isOver = true;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    await ahead?.pool.close(BLANK_LEAVE_MS);
  }
}
