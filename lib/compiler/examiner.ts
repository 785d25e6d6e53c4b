import { nativePath } from '../core/paths.js';
import type { BuildSteps } from './build-steps.js';
import type { LiveSymbol } from './collect/live-symbols.js';
import { pluginFacts, type PluginFacts } from './collect/plugin-facts.js';
import { encodingFindings } from './encoding.js';
import type { OpenPlugin } from './open-plugin.js';
import type { ResolvedOptions } from './options.js';
import type { Finding } from './rule.js';
import { analyse } from './rules/analysis/analysis.js';
import { rules } from './rules/index.js';
import { runRules } from './run-rules.js';
import { sourceClosure } from './source-closure.js';

/** Result of examining a plugin. */
export interface Examination {
  readonly facts: PluginFacts;
  readonly findings: readonly Finding[];
}

/** Examines the sources of one plugin: types, rules, and the facts for its manifest. */
export class Examiner {
  readonly #options: Pick<ResolvedOptions, 'typecheck' | 'rules' | 'swapBeforeCheck'>;
  readonly #steps: BuildSteps;

  constructor(options: Pick<ResolvedOptions, 'typecheck' | 'rules' | 'swapBeforeCheck'>, steps: BuildSteps) {
    this.#options = options;
    this.#steps = steps;
  }

  /**
   * Checks types and rules, unless that is postponed, and reads the facts; `inputs` are the paths of all files on which the
   * result depends, besides the declarations that apply to all.
   */
  async examine(
    opened: OpenPlugin,
    live: readonly LiveSymbol[],
  ): Promise<Examination & { readonly inputs: Iterable<string> }> {
    const { sources, program } = opened;
    const misread = encodingFindings(sources.name, sources.files);
    // Findings about wrongly decoded text would not help.
    const isJudged = misread.length === 0 && !this.#options.swapBeforeCheck;
    const judged = isJudged ? await this.check(opened) : misread;
    const { facts, findings } = await this.#steps.run('facts', sources.name, () =>
      pluginFacts(sources, live),
    );
    // Files with live symbols that are called by name are added, because nobody imports them.
    const called = program.liveFiles(new Set((facts.uses ?? []).map(({ name }) => name)));
    const { unread, wrong } = isJudged && this.#options.rules ? analyse(sources) : { unread: [], wrong: [] };
    // JavaScript that the rules have checked is added, because the compiler does not know it.
    const looked = [...unread, ...wrong].map(nativePath);
    const inputs = [...sourceClosure([...sources.files, ...called]), ...looked];
    return { facts, findings: [...judged, ...findings], inputs };
  }

  /** Checks types and rules. */
  async check({ sources, types }: OpenPlugin): Promise<Finding[]> {
    const { typecheck, rules: withRules } = this.#options;
    const { name } = sources;
    return [
      ...(typecheck ? await this.#steps.run('types', name, () => types.findings(sources)) : []),
      ...(withRules ? await this.#steps.run('rules', name, () => runRules(sources, rules)) : []),
    ];
  }
}
