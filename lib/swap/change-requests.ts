import { checkOptions } from '../core/check-options.js';
import type { Details } from './details.js';
import { mayGoUnawaited } from './hook-context.js';
import { snapshotOf } from './load-data.js';
import type { Reloader } from './reloader.js';
import { reloadChecks, type ReloadOptions } from './reload-options.js';
import { staticLinking } from './static-linking.js';

/** The changes that the host asks for: their options are checked, and their data is copied, before they wait for others. */
export class ChangeRequests {
  readonly #reloader: Reloader;
  readonly #isStatic: boolean;

  constructor(reloader: Reloader, isStatic: boolean) {
    this.#reloader = reloader;
    this.#isStatic = isStatic;
  }

  load(data: unknown): Promise<Details> {
    return this.#reloader.load({ reason: 'load', data: snapshotOf(data), force: false, onReload: undefined });
  }

  reload(data: unknown, options: ReloadOptions): Promise<Details> {
    return mayGoUnawaited(this.#reload(data, options));
  }

  rollBack(options: Pick<ReloadOptions, 'kept'>): Promise<Details> {
    return mayGoUnawaited(this.#rollBack(options));
  }

  async #reload(data: unknown, options: ReloadOptions): Promise<Details> {
    const given = snapshotOf(data);
    if (this.#isStatic) throw staticLinking('reload');
    checkOptions(options, reloadChecks);
    const { onReload, force = false, kept } = options;
    return this.#reloader.load({ reason: 'reload', data: given, force, onReload, kept });
  }

  async #rollBack(options: Pick<ReloadOptions, 'kept'>): Promise<Details> {
    if (this.#isStatic) throw staticLinking('rollback');
    checkOptions(options, { kept: reloadChecks.kept });
    return this.#reloader.rollBack(options.kept);
  }
}
