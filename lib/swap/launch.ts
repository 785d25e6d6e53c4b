import { settleAll } from '../core/settle-all.js';
import { LiveswapError } from '../core/errors.js';
import type { Version } from '../plugin/version.js';
import { dependenciesOf } from './graph.js';
import type { Member } from './generation.js';
import { checkImport } from './plan.js';

/** What happens to the versions that are carried over while the new ones come up. */
export interface LaunchSteps {
  /** Every plugin is loaded: live functions of the whole generation can be called. */
  openVault(): void;
  /** A carried-over version has its turn among the others' `onInit`. */
  carryOver(version: Version): Promise<void>;
}

/**
 * Brings the new versions among `members` (dependencies first) up: all threads at once, then the hooks in order. When it
 * resolves, every thread of every version is ready; when it rejects, the caller frees what was started.
 */
export async function launch(members: readonly Member[], data: unknown, steps: LaunchSteps): Promise<void> {
  const fresh = members
    .map((member) => member.version)
    .filter((version) => version.state.kind === 'starting');
  await settleAll(fresh.map((version) => version.start()));
  for (const version of fresh) await version.askReloadable();
  checkReloadable(members);
  for (const version of fresh) await version.askExports();
  const byKey = new Map(members.map(({ version }) => [version.plugin.toLowerCase(), version]));
  for (const version of fresh) await bindImports(version, byKey);
  for (const version of fresh) await version.load(data);
  steps.openVault();
  for (const { version } of members) {
    if (fresh.includes(version)) await version.init();
    else await steps.carryOver(version);
  }
  for (const version of fresh) version.ready();
}

async function bindImports(version: Version, byKey: ReadonlyMap<string, Version>): Promise<void> {
  for (const { plugin, methods } of version.source.manifest.imports) {
    const dependency = byKey.get(plugin.toLowerCase());
    if (!dependency) continue;
    // The manifest may not know what a function exports; the running version does.
    const exported = dependency.exports.map((name) => ({ name }));
    checkImport(version.source, dependency.plugin, methods, exported);
  }
  const dependencies = dependenciesOf(version.source).map((key) => byKey.get(key) as Version);
  await settleAll(dependencies.map((dependency) => version.connect(dependency)));
}

/** A plugin that stays cannot depend on one that goes. */
function checkReloadable(members: readonly Member[]): void {
  const byKey = new Map(members.map(({ version }) => [version.plugin.toLowerCase(), version]));
  for (const { version } of members) {
    if (version.reloadable) continue;
    for (const key of dependenciesOf(version.source)) {
      const dependency = byKey.get(key);
      if (!dependency?.reloadable) continue;
      throw new LiveswapError(
        'DEPENDENCY_RELOADABLE',
        `${version.plugin} is not reloadable but depends on ${dependency.plugin}, which is; make ${dependency.plugin} non-reloadable too, or ${version.plugin} reloadable.`,
        { plugin: version.plugin, dependency: dependency.plugin, file: version.source.file },
      );
    }
  }
}
