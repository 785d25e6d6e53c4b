import {
  breaksSince,
  breakText,
  compareReleases,
  contractBroken,
  type Compatibility,
  type ContractBreak,
} from '../contract/check-release.js';
import { breaksBetween } from '../contract/breaks.js';
import type { Sides, User } from '../contract/users.js';
import { readHostContract } from '../contract/host-contract.js';
import type { Manifest } from '../manifest/manifest.js';
import type { SwapEvent } from '../observe/events.js';
import type { Baselines, ReleaseFacts } from './baselines.js';
import type { Step } from './plan.js';

/** Dependencies of a ContractCheck. */
export interface ContractCheckDeps {
  readonly settings: { readonly compatibility: Compatibility; readonly contract?: string };
  /** Names of live functions that the host has called. */
  readonly called: ReadonlySet<string>;
  readonly baselines: Baselines;
  readonly emit: (event: SwapEvent) => void;
}

/** An artifact of the next release. */
interface CheckedArtifact {
  readonly manifest: Manifest;
  readonly hash: string;
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
    steps: readonly Step<CheckedArtifact, { readonly artifact: CheckedArtifact }>[],
  ): Promise<string[]> {
    const { settings, baselines, emit } = this.#deps;
    const { compatibility, contract } = settings;
    if (compatibility === 'off') return [];
    // At the first load, too, which breaks nothing: a wrong path would only refuse the next deploy.
    const host = contract === undefined ? undefined : await readHostContract(contract);
    const before = baselines.current;
    if (!before) return [];
    const artifacts = steps.map((step) => (step.kind === 'carry' ? step.running.artifact : step.candidate));
    const after = artifacts.map(({ manifest }) => manifest);
    const { breaks, permitted } = compareReleases(before, after, compatibility, host);
    const known = new Set(breaks.map(({ symbol }) => symbol));
    const older = this.#breaksOfOlder(artifacts, { before, after, host });
    const all = [...breaks, ...older.filter(({ symbol }) => !known.has(symbol))];
    if (all.length > 0) throw contractBroken(all);
    const notes = [
      ...permitted.map(
        (broken) => `${breakText(broken)}, let through: ${broken.reason || 'no reason given'}`,
      ),
      ...(host ? [] : this.#missedByHost(before, after)),
    ];
    for (const message of notes) emit({ type: 'contractChanged', message });
    return notes;
  }

  /** Returns what breaks for code that runs longer than the current release: artifacts that stay, and the host. */
  #breaksOfOlder(artifacts: readonly CheckedArtifact[], sides: Sides): ContractBreak[] {
    const { baselines } = this.#deps;
    // The names of the artifacts that stay since each release; the host was there from the first on.
    const staying = new Map<ReleaseFacts, Set<string>>();
    if (baselines.host) staying.set(baselines.host, new Set());
    for (const artifact of artifacts) {
      const since = baselines.of(artifact);
      if (!since) continue;
      const names = staying.get(since) ?? new Set();
      staying.set(since, names.add(artifact.manifest.name));
    }
    staying.delete(sides.before);
    return [...staying].flatMap(([since, names]) => {
      const isMeant = ({ kind, name }: User): boolean =>
        kind === 'host' ? since === baselines.host : names.has(name);
      return breaksSince(since, sides, isMeant);
    });
  }

  /** Returns the removed live functions that the host has called: without a contract, no other uses of the host are known. */
  #missedByHost(before: readonly Manifest[], after: readonly Manifest[]): string[] {
    const { called } = this.#deps;
    return breaksBetween(before, after)
      .filter(
        ({ kind, what, symbol }) => kind === 'removed' && what === 'live function' && called.has(symbol),
      )
      .map(({ symbol, plugin }) => `${symbol}(${plugin}) is gone, which this host has called`);
  }
}
