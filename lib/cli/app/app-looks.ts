import { basename } from 'node:path';
import { buildFailed } from '../../compiler/diagnostics/build-failed.js';
import type { AppJudgement } from '../../compiler/app/check/app-judge.js';
import type { AppCheckOptions } from '../../compiler/app/check/check-app.js';
import type { SwapFact } from '../../compiler/app/check/swap-fact.js';
import { SWAP } from '../../compiler/app/check/swap-rule.js';
import { RemoteAppJudge } from '../../compiler/remote/remote-app-judge.js';
import type { Finding } from '../../compiler/rule.js';
import { isToLookAt } from './fact-lines.js';

/** Receives the outcome of each look. */
export interface LookListener {
  /** Receives the files that types were read from, at each look: also at one that refuses a swap. */
  readonly onRead: (inputs: ReadonlySet<string>) => void;
  /** @param fresh facts to look at that no earlier look had; `undefined` at the first one, which has them all. */
  readonly onLook: (judgement: AppJudgement, fresh: readonly SwapFact[] | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Looks at the types and rules of the app that `dev` serves: after a swap, or before it. */
export class AppLooks {
  readonly #judge: RemoteAppJudge;
  readonly #name: string;
  readonly #listener: LookListener;
  #hasBegun = false;
  #isStale = false;
  #looking: Promise<void> | undefined;
  #last: AppJudgement | undefined;
  /** Keys of the facts about the running version. */
  #known: ReadonlySet<string> | undefined;
  /** Judgement of files that are about to be swapped in. */
  #passed: AppJudgement | undefined;
  #isClosed = false;

  constructor(options: AppCheckOptions, listener: LookListener) {
    this.#judge = new RemoteAppJudge(options);
    this.#name = basename(options.entry);
    this.#listener = listener;
  }

  /** Returns whether types were read from any of these files. */
  isAbout(paths: readonly string[]): boolean {
    return paths.some((path) => this.#last?.inputs.has(path));
  }

  /** Looks, and reports. Requests that arrive during a look share one further look. */
  look(): void {
    this.#hasBegun = true;
    this.#isStale = true;
    this.#looking ??= this.#lookWhileStale().finally(() => {
      this.#looking = undefined;
    });
  }

  /** Looks at the version that was swapped in, unless that was done before. */
  swapped(): void {
    if (!this.#passed) return this.look();
    this.#know(this.#passed);
    this.#passed = undefined;
  }

  /**
   * Looks before a swap. The first load is let through: no older version could keep serving.
   *
   * @throws LiveswapError `BUILD_FAILED` with type errors, and with facts to look at that the running version does not have
   */
  async refuse(): Promise<void> {
    if (!this.#hasBegun) return;
    this.#passed = undefined;
    await this.#looking;
    const judgement = await this.#judged();
    const fresh = this.#freshIn(judgement) ?? [];
    const findings = [...judgement.findings, ...fresh.map((fact) => findingOf(fact, this.#name))];
    if (findings.length > 0) throw buildFailed(findings);
    this.#passed = judgement;
  }

  close(): void {
    this.#isClosed = true;
    this.#judge.destroy();
  }

  async #lookWhileStale(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      try {
        const judgement = await this.#judged();
        if (this.#isStale) continue;
        const fresh = this.#freshIn(judgement);
        this.#know(judgement);
        this.#listener.onLook(judgement, fresh);
      } catch (error) {
        if (!this.#isClosed) this.#listener.onError(error);
      }
    }
  }

  async #judged(): Promise<AppJudgement> {
    const judgement = await this.#judge.judge();
    this.#last = judgement;
    this.#listener.onRead(judgement.inputs);
    return judgement;
  }

  #freshIn({ facts }: AppJudgement): SwapFact[] | undefined {
    const known = this.#known;
    return known && facts.filter((fact) => isToLookAt(fact) && !known.has(keyOf(fact)));
  }

  #know({ facts }: AppJudgement): void {
    this.#known = new Set(facts.map(keyOf));
  }
}

/** Returns the key of a fact. Its line is not part of the key, because lines move with every edit. */
function keyOf({ fate, file, what }: SwapFact): string {
  return `${fate} ${file} ${what}`;
}

function findingOf({ file, line, column, what, remedy }: SwapFact, plugin: string): Finding {
  return {
    rule: SWAP,
    plugin,
    file,
    line,
    column,
    endLine: line,
    endColumn: column,
    problem: what,
    remedy,
  };
}
