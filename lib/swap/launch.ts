import { LiveswapError } from '../core/errors.js';
import type { Cause } from '../plugin/cause.js';
import { Pace } from '../core/pace.js';
import { keyOf } from '../core/plugin-key.js';
import type { Version } from '../version/version.js';
import { dependenciesOf } from './graph.js';
import type { Member } from './generation.js';
import { checkImport } from './plan.js';

/** Dependencies of a launch besides the versions. */
export interface LaunchDeps {
  readonly cause: Cause;
  /** Ends the launch between two hooks when aborted. */
  readonly signal: AbortSignal;
  /** Opens the vault once every plugin is loaded: live functions of the whole generation can then be called. */
  openVault(): void;
  /** Processes a carried-over version at its position in the order of `onInit`. */
  carryOver(version: Version): Promise<void>;
}

/**
 * Starts the new versions among `members` (dependencies first): all threads, as many at a time as can boot, then the hooks in
 * order. When it resolves, every thread of every version is ready; when it rejects, the caller must free the versions that were
 * started.
 */
export async function launch(members: readonly Member[], data: unknown, deps: LaunchDeps): Promise<void> {
  const fresh = members
    .map((member) => member.version)
    .filter((version) => version.state.kind === 'starting');
  const pace = new Pace();
  /** Begins a step, unless the launch was aborted while that waited for its turn: the versions are being freed then. */
  const begin = (step: () => void | Promise<void>): Promise<void> =>
    pace.do(() => {
      deps.signal.throwIfAborted();
      return step();
    });
  const inTurn = async (run: (version: Version) => void | Promise<void>): Promise<void> => {
    for (const version of fresh) {
      await begin(() => run(version));
      deps.signal.throwIfAborted();
    }
  };
  const exclusive = new Set(
    members.filter(({ version }) => version.exclusive).map(({ version }) => keyOf(version.plugin)),
  );
  await Promise.all(
    fresh.map((version) =>
      begin(async () => {
        // Another version has failed meanwhile: this one is given up, too.
        if (version.state.kind !== 'starting') return;
        await version.start({ cause: deps.cause, exclusiveImports: importsAmong(exclusive, version) });
      }),
    ),
  );
  deps.signal.throwIfAborted();
  await inTurn((version) => version.definition.askReloadable(version.threads));
  checkReloadable(members);
  await inTurn((version) => version.definition.askExports(version.threads));
  const byKey = new Map(members.map(({ version }) => [keyOf(version.plugin), version]));
  await inTurn((version) => bindImports(version, byKey));
  await inTurn(async (version) => {
    await version.load(data);
    // Plugins that import it reach it through the host, from their onLoad on.
    if (version.exclusive) version.group.open();
  });
  await inTurn((version) => {
    if (!version.exclusive) version.group.open();
  });
  deps.openVault();
  const starts = new Set(fresh);
  for (const { version } of members) {
    await begin(() => (starts.has(version) ? version.init() : deps.carryOver(version)));
    deps.signal.throwIfAborted();
  }
  await inTurn((version) => version.ready());
}

/** Returns the imports of a version that are exclusive. */
function importsAmong(exclusive: ReadonlySet<string>, version: Version): string[] {
  return dependenciesOf(version.artifact).filter((key) => exclusive.has(key));
}

async function bindImports(version: Version, byKey: ReadonlyMap<string, Version>): Promise<void> {
  const { imports } = version.artifact.manifest;
  const dependencies = dependenciesOf(version.artifact).map((key) => byKey.get(key) as Version);
  for (const { plugin, methods } of imports) {
    const dependency = byKey.get(keyOf(plugin)) as Version;
    // The manifest may not list the exports of a plugin; the running version does.
    const exported = dependency.definition.exports.map((name) => ({ name }));
    checkImport(version.artifact, dependency.plugin, methods, exported);
  }
  await version.connect(dependencies);
}

/** Refuses a plugin that is not reloadable but depends on one that is. */
function checkReloadable(members: readonly Member[]): void {
  const byKey = new Map(members.map(({ version }) => [keyOf(version.plugin), version]));
  for (const { version } of members) {
    if (version.definition.reloadable) continue;
    for (const key of dependenciesOf(version.artifact)) {
      const dependency = byKey.get(key);
      if (!dependency?.definition.reloadable) continue;
      throw new LiveswapError(
        'DEPENDENCY_RELOADABLE',
        `${version.plugin} is not reloadable but depends on ${dependency.plugin}, which is; make ${dependency.plugin} non-reloadable too, or ${version.plugin} reloadable.`,
        { plugin: version.plugin, dependency: dependency.plugin, file: version.artifact.file },
      );
    }
  }
}
