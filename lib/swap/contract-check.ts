import { breakText, compareReleases, contractBroken, type Compatibility } from '../contract/check-release.js';
import { breaksBetween } from '../contract/breaks.js';
import { readHostContract } from '../contract/host-contract.js';
import type { Manifest } from '../manifest/manifest.js';
import type { SwapEvent } from '../observe/events.js';
import type { Generation } from './generation.js';
import type { Step } from './plan.js';

/** Dependencies of a ContractCheck. */
export interface ContractCheckDeps {
  readonly settings: { readonly compatibility: Compatibility; readonly contract?: string };
  /** Names of live functions that the host has called. */
  readonly called: ReadonlySet<string>;
  readonly emit: (event: SwapEvent) => void;
}

/** Refuses a release because of what it would break. */
export class ContractCheck {
  readonly #deps: ContractCheckDeps;

  constructor(deps: ContractCheckDeps) {
    this.#deps = deps;
  }

  /**
   * Compares the running release with the next one; resolves to remarks for the reload details.
   * @throws LiveswapError `CONTRACT_BROKEN` with the `breaks`, `OPTION_INVALID` when the host's contract cannot be read
   */
  async check(
    current: Generation | undefined,
    steps: readonly Step<
      { readonly manifest: Manifest },
      { readonly artifact: { readonly manifest: Manifest } }
    >[],
  ): Promise<string[]> {
    const { settings, emit } = this.#deps;
    if (!current || settings.compatibility === 'off') return [];
    const before = current.versions.map(({ artifact }) => artifact.manifest);
    const after = steps.map((step) =>
      step.kind === 'carry' ? step.running.artifact.manifest : step.candidate.manifest,
    );
    const { contract } = settings;
    const host = contract === undefined ? undefined : await readHostContract(contract);
    const { breaks, permitted } = compareReleases(before, after, settings.compatibility, host);
    if (breaks.length > 0) throw contractBroken(breaks);
    const notes = [
      ...permitted.map(
        (broken) => `${breakText(broken)}, let through: ${broken.reason || 'no reason given'}`,
      ),
      ...(host ? [] : this.#missedByHost(before, after)),
    ];
    for (const message of notes) emit({ type: 'contractChanged', message });
    return notes;
  }

  /** Without a contract, the only known uses of a host are the calls it has made. */
  #missedByHost(before: readonly Manifest[], after: readonly Manifest[]): string[] {
    const { called } = this.#deps;
    return breaksBetween(before, after)
      .filter(
        ({ kind, what, symbol }) => kind === 'removed' && what === 'live function' && called.has(symbol),
      )
      .map(({ symbol, plugin }) => `${symbol}(${plugin}) is gone, which this host has called`);
  }
}
