import { cp, rename, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { isLiveswapError, type Swapper } from '../../lib/index.js';
import { artifactFileName } from '../../lib/manifest/artifact.js';
import { hashOf } from '../../lib/manifest/hash.js';
import { composePlugin, deploy } from '../../test/helpers/compose-plugin.js';
import type { History } from './history.js';
import { describe, type Ledger } from './ledger.js';
import type { MakePlugin } from './edition.js';

/** Name of the deployed folder, a link that each deploy flips. */
export const CURRENT = 'current';

/** Changes the deployed release and reloads, one change after the other, as a person who deploys does. */
export class Deploys {
  readonly #base: string;
  readonly #swapper: Swapper;
  readonly #history: History;
  readonly #ledger: Ledger;
  #edition = 0;
  #release = 1;
  #turn: Promise<unknown> = Promise.resolve();

  /** `base` has the link {@link CURRENT} to the first release. */
  constructor(base: string, swapper: Swapper, history: History, ledger: Ledger) {
    this.#base = base;
    this.#swapper = swapper;
    this.#history = history;
    this.#ledger = ledger;
  }

  /** Makes a change when earlier ones are done; `name` names the change if it hangs. */
  inTurn(name: string, change: () => Promise<unknown>): Promise<unknown> {
    const run = this.#turn.then(() => this.#ledger.during(name, change));
    this.#turn = run.catch((error: unknown) => {
      if (!this.#ledger.isEnd(error)) this.#ledger.violate(`A change (${name}) failed: ${describe(error)}`);
    });
    return this.#turn;
  }

  /** Writes a new edition of a plugin, and returns its number. */
  async put(make: MakePlugin): Promise<number> {
    const edition = ++this.#edition;
    const plugin = make(edition);
    this.#history.declare(hashOf(composePlugin(plugin)), edition);
    await deploy(join(this.#base, CURRENT), plugin);
    return edition;
  }

  /** Cuts off an artifact in its middle. */
  async cut(plugin: string): Promise<void> {
    await truncate(join(this.#base, CURRENT, artifactFileName(plugin)), 500);
  }

  /** Copies the deployed release to a new folder, and flips the link to it; the old folder is deleted if `prunes`. */
  async flip(prunes: boolean): Promise<void> {
    const [old, next] = [releaseName(this.#release), releaseName(++this.#release)];
    const isArtifact = (path: string): boolean => !path.includes('.versions');
    await cp(join(this.#base, old), join(this.#base, next), { recursive: true, filter: isArtifact });
    await symlink(next, join(this.#base, 'next'), 'dir');
    await rename(join(this.#base, 'next'), join(this.#base, CURRENT));
    if (prunes) await rm(join(this.#base, old), { recursive: true, force: true });
  }

  /** Loads the deployed release, which must succeed. */
  async load(...args: Parameters<Swapper['reload']>): Promise<void> {
    try {
      await this.#swapper.reload(...args);
    } catch (error) {
      if (!this.#ledger.isEnd(error)) this.#ledger.violate(`A good reload failed: ${describe(error)}`);
    }
  }

  /** Loads the deployed release, which must be refused; `what` names it. */
  async loadInVain(what: string, ...args: Parameters<Swapper['reload']>): Promise<void> {
    const before = this.#history.generations;
    try {
      await this.#swapper.reload(...args);
      this.#ledger.violate(`A bad reload (${what}) did not fail.`);
    } catch (error) {
      if (!isLiveswapError(error, 'RELOAD_FAILED') && !this.#ledger.isEnd(error))
        this.#ledger.violate(`A bad reload (${what}) failed otherwise: ${describe(error)}`);
    }
    // A version that is given up meanwhile may bring the generation before back.
    if (this.#history.generations > before && this.#history.failures === 0)
      this.#ledger.violate(`A bad reload (${what}) was noticed.`);
  }

  /** Goes back, if there is anything to go back to. */
  async rollBack(): Promise<void> {
    await this.#swapper.rollback().catch((error: unknown) => {
      const reason = isLiveswapError(error, 'RELOAD_FAILED') ? error.cause : error;
      if (!isLiveswapError(reason, 'ROLLBACK_UNAVAILABLE') && !this.#ledger.isEnd(error))
        this.#ledger.violate(`A rollback failed: ${describe(error)}`);
    });
  }
}

/** Returns the name of the folder of a release. */
export function releaseName(release: number): string {
  return `release-${release}`;
}
