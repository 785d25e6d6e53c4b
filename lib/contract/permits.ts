import type { Manifest } from '../manifest/manifest.js';

/**
 * Returns permits for breaks that have served their purpose: running artifacts already contain them, so they can be removed from
 * the sources.
 */
export function spentPermits(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  const tagged = taggedIn(before);
  const removed = new Set(before.flatMap(({ removed: gone = {} }) => Object.keys(gone)));
  return after.flatMap((manifest) => [
    ...[...taggedIn([manifest])]
      .filter(([name, reason]) => tagged.get(name) === reason)
      .map(
        ([name]) =>
          `@breaking of ${name}(${manifest.name}) is in the running release already, so it can be removed`,
      ),
    ...Object.keys(manifest.removed ?? {})
      .filter((name) => removed.has(name))
      .map(
        (name) =>
          `removed: ${name} of ${manifest.name} is in the running release already, so it can be removed`,
      ),
  ]);
}

/** Returns the symbols marked `@breaking`, with the reasons. */
function taggedIn(manifests: readonly Manifest[]): Map<string, string> {
  const symbols = manifests.flatMap(({ liveFunctions, liveTypes, exports = [], functions = [] }) => [
    ...liveFunctions,
    ...liveTypes,
    ...exports,
    ...functions,
  ]);
  return new Map(
    symbols.flatMap(({ name, breaking }) => (breaking === undefined ? [] : [[name, breaking] as const])),
  );
}
