import { Worker } from 'node:worker_threads';
import type { Edit, JudgeOptions, Look, ShownFinding, Verdict } from './protocol.js';

/** Callbacks of a {@link Judge}. */
export interface JudgeEvents {
  /** Called when the findings have changed. */
  readonly onVerdict: () => void;
  /** Called when the thread has died; the next edit starts another one. */
  readonly onDeath: (cause: unknown) => void;
}

/** Runs the rules in a thread of their own, because the language server must keep answering. */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #events: JudgeEvents;
  #worker: Worker | undefined;
  #looks = 0;
  #verdict: Verdict = { look: 0, findings: [] };

  constructor(options: JudgeOptions, events: JudgeEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Reason why the last look failed. */
  get problem(): string | undefined {
    return this.#verdict.problem;
  }

  /** Returns whether the judge has these settings. */
  goesBy(options: JudgeOptions): boolean {
    return JSON.stringify(options) === JSON.stringify(this.#options);
  }

  /** True once the judge knows a project. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** True when the last look covered every edit. */
  get isUpToDate(): boolean {
    return this.#verdict.look === this.#looks;
  }

  /** Returns the findings of the last look in a file. */
  findingsIn(file: string): readonly ShownFinding[] {
    return this.#verdict.findings.filter((finding) => finding.file === file);
  }

  /** Looks at a project whose files have changed; the first time, at all files. */
  look(edits: readonly Edit[]): void {
    this.#worker ??= this.#start();
    this.#looks++;
    this.#worker.postMessage({ number: this.#looks, edits } satisfies Look);
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const worker = new Worker(new URL('judge-thread.js', import.meta.url), {
      workerData: this.#options,
      // A server uses stdout for the protocol with its editor.
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    worker.unref();
    worker.on('message', (verdict: Verdict) => {
      const before = this.#verdict;
      this.#verdict = verdict;
      if (!isSame(before, verdict)) this.#events.onVerdict();
    });
    let cause: unknown;
    worker.on('error', (error) => (cause = error));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#events.onDeath(cause);
    });
    return worker;
  }
}

function isSame(one: Verdict, other: Verdict): boolean {
  return JSON.stringify({ ...one, look: 0 }) === JSON.stringify({ ...other, look: 0 });
}
