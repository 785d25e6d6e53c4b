import type { ThreadHandle } from './thread-handle.js';
import type { ThreadSteps } from './thread-steps.js';

/** Facts about the definition of a version's plugin, as its threads tell them. */
export class DefinitionFacts {
  readonly #steps: Pick<ThreadSteps, 'facts' | 'run'>;
  #exports: readonly string[] | undefined;
  #reloadable = true;

  constructor(steps: Pick<ThreadSteps, 'facts' | 'run'>) {
    this.#steps = steps;
  }

  /** True unless a thread said no. */
  get reloadable(): boolean {
    return this.#reloadable;
  }

  /** True when the plugin has an `onLoad`. */
  get takesData(): boolean {
    return this.#steps.facts.hooks.includes('onLoad');
  }

  /** Names of the methods that other plugins can call. */
  get exports(): readonly string[] {
    return this.#exports ?? this.#steps.facts.exports;
  }

  /** Names of the functions that `invoke` reaches. */
  get functions(): readonly string[] {
    return this.#steps.facts.functions;
  }

  /** Returns whether the definition has a key that a layer above serves, such as `http`. */
  offers(key: string): boolean {
    return this.#steps.facts.offers.includes(key);
  }

  async askReloadable(threads: readonly ThreadHandle[]): Promise<void> {
    const answers = await this.#steps.run(threads, 'reloadable', []);
    this.#reloadable = answers.every((answer) => answer);
  }

  async askExports(threads: readonly ThreadHandle[]): Promise<void> {
    [this.#exports] = await this.#steps.run(threads, 'exports', []);
  }
}
