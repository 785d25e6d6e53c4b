import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Niceness of a process that must not take time from the server: 0 is normal, 19 the most polite. */
const POLITE = 10;

/** A separate process beside the server, which answers one question at a time and ends with the demo. */
export class HelperProcess<Question, Answer> {
  readonly #child: ChildProcess;

  /** `module` is a file beside this one that calls {@link answerParent}. */
  constructor(module: string, { polite = false } = {}) {
    this.#child = fork(fileURLToPath(new URL(module, import.meta.url)), { serialization: 'advanced' });
    if (polite && this.#child.pid !== undefined) setPriority(this.#child.pid, POLITE);
  }

  async ask(question: Question): Promise<Answer> {
    const abort = new AbortController();
    const died = once(this.#child, 'exit', { signal: abort.signal }).then(([code]) => {
      throw new Error(`The process ${this.#child.spawnargs.at(-1)} ended with code ${code}.`);
    });
    try {
      const answered = once(this.#child, 'message', { signal: abort.signal });
      this.#child.send(question as object);
      const [answer] = (await Promise.race([answered, died])) as [Answer];
      return answer;
    } finally {
      abort.abort();
      died.catch(() => {});
    }
  }

  end(): void {
    this.#child.kill();
  }
}

/** Answers the questions of the parent process. */
export function answerParent<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on('message', (question) => {
    void answer(question as Question).then((value) => process.send?.(value));
  });
}

/** Returns milliseconds on a clock that all processes of one machine share. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
