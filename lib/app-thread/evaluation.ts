import { tellEvaluatingFile } from '../surface/evaluating-file.js';

/**
 * The app's CommonJS modules whose evaluation has begun and not ended, so that a refusal can name the one that is to blame. ES
 * modules are evaluated by the platform alone, unseen.
 */
export class Evaluation {
  readonly #begun: string[] = [];
  #memory: SharedArrayBuffer | undefined;
  /** The last error that a module threw, and the path of the first module that threw it. */
  #thrown: { readonly path: string; readonly reason: unknown } | undefined;

  /** From now on, also tells the host through memory which file is evaluated: see `evaluating-file.ts`. */
  tellIn(memory: SharedArrayBuffer): void {
    this.#memory = memory;
  }

  /** Evaluates the module at a path by calling `evaluate`. */
  run(path: string, evaluate: () => void): void {
    this.#begun.push(path);
    this.#tell();
    try {
      evaluate();
      this.#thrown = undefined;
    } catch (reason) {
      const isPassedOn = this.#thrown !== undefined && Object.is(this.#thrown.reason, reason);
      if (!isPassedOn) this.#thrown = { path, reason };
      throw reason;
    } finally {
      this.#begun.pop();
      this.#tell();
    }
  }

  /** Returns the path of the module whose evaluation threw `reason`, if it is known. */
  whichThrew(reason: unknown): string | undefined {
    return this.#thrown && Object.is(this.#thrown.reason, reason) ? this.#thrown.path : undefined;
  }

  #tell(): void {
    if (this.#memory) tellEvaluatingFile(this.#memory, this.#begun.at(-1));
  }
}
