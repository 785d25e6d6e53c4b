import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { isLiveswapError, type Swapper } from '../../lib/index.js';
import { artifactFileName } from '../../lib/manifest/artifact.js';
import { hashOf } from '../../lib/manifest/hash.js';
import { composePlugin, deploy, type PluginText } from '../../test/helpers/compose-plugin.js';
import type { History } from './history.js';
import type { Ledger } from './ledger.js';
import { armory, doomedGuardian, guardian } from './plugins.js';
import type { Step } from './steps.js';

/** Changes what is deployed and reloads, one change after the other as one who deploys does. */
export class Deploys {
  readonly #folder: string;
  readonly #swapper: Swapper;
  readonly #history: History;
  readonly #ledger: Ledger;
  #edition = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, swapper: Swapper, history: History, ledger: Ledger) {
    this.#folder = folder;
    this.#swapper = swapper;
    this.#history = history;
    this.#ledger = ledger;
  }

  /** Loads the first editions. */
  async load(): Promise<void> {
    await this.#deploy(armory);
    await this.#deploy(guardian);
    await this.#swapper.load();
  }

  /** Does what a step says when those before are done; resolves to `undefined` at once when it is no such step. */
  run(step: Step): Promise<unknown> | undefined {
    switch (step.kind) {
      case 'reload':
        return this.#inTurn(() => this.#reload(step.changes));
      case 'badReload':
        return this.#inTurn(() => this.#badReload(step.how));
      case 'doomedReload':
        return this.#inTurn(async () => {
          await this.#deploy(doomedGuardian);
          await this.#mustReload('doomed');
        });
      case 'rollback':
        return this.#inTurn(() => this.#rollback());
      default:
        return undefined;
    }
  }

  /** Deploys sound editions and loads them: whatever was wrong is healed. */
  heal(): Promise<unknown> {
    return this.#inTurn(() => this.#reload('both'));
  }

  #inTurn(change: () => Promise<void>): Promise<unknown> {
    const run = this.#turn.then(change);
    this.#turn = run.catch(() => {});
    return run;
  }

  async #reload(changes: 'guardian' | 'armory' | 'both' | 'nothing'): Promise<void> {
    if (changes === 'armory' || changes === 'both') await this.#deploy(armory);
    if (changes === 'guardian' || changes === 'both') await this.#deploy(guardian);
    await this.#mustReload(changes);
  }

  async #mustReload(what: string): Promise<void> {
    try {
      await this.#swapper.reload();
    } catch (error) {
      if (!this.#ledger.isEnd(error))
        this.#ledger.violate(`A good reload (${what}) failed: ${String(error)}`);
    }
  }

  async #badReload(how: 'throws' | 'hook' | 'truncated' | 'leaves' | 'veto'): Promise<void> {
    const before = this.#history.generations;
    const faults = {
      throws: { module: "throw new Error('No gate.');" },
      leaves: { module: 'process.exit(4);' },
      hook: { hooks: { onLoad: "() => { throw new Error('No.'); }" } },
      truncated: {},
      veto: {},
    };
    await this.#deploy((edition) => ({ ...guardian(edition), ...faults[how] }));
    if (how === 'truncated') await truncate(join(this.#folder, artifactFileName('guardian')), 500);
    const veto = (): void => {
      throw new Error('Vetoed.');
    };
    const reload = this.#swapper.reload(undefined, how === 'veto' ? { onReload: veto } : {});
    const failed = await reload.then(
      () => false,
      (error: unknown) => isLiveswapError(error, 'RELOAD_FAILED') || this.#ledger.isEnd(error),
    );
    if (!failed) this.#ledger.violate(`A bad reload (${how}) did not fail.`);
    const rolledBack = this.#history.generations - before;
    if (rolledBack > 0 && this.#history.failures === 0)
      this.#ledger.violate(`A bad reload (${how}) was noticed.`);
    await this.#deploy(guardian);
  }

  async #rollback(): Promise<void> {
    await this.#swapper.rollback().catch((error: unknown) => {
      const reason = isLiveswapError(error, 'RELOAD_FAILED') ? error.cause : error;
      if (!isLiveswapError(reason, 'ROLLBACK_UNAVAILABLE') && !this.#ledger.isEnd(error))
        this.#ledger.violate(`A rollback failed: ${String(error)}`);
    });
  }

  async #deploy(write: (edition: number) => PluginText): Promise<void> {
    const edition = ++this.#edition;
    const plugin = write(edition);
    this.#history.declare(hashOf(composePlugin(plugin)), edition);
    await deploy(this.#folder, plugin);
  }
}
