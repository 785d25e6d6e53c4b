import type { AdaptedPackage } from '../../compiler/app/adapted-packages.js';

/** Returns sentences about the packages of an app that take work by themselves; each is empty when there are none. */
export function adaptedWords(adapted: readonly AdaptedPackage[]): {
  readonly known: string;
  readonly unknown: string;
} {
  const known = namesOf(adapted.filter(({ isKnown }) => isKnown));
  const unknown = namesOf(adapted.filter(({ isKnown }) => !isKnown));
  return {
    known: known && `${known}: active in one version at a time`,
    unknown: unknown && `no adapter knows ${unknown}: old and new version run side by side`,
  };
}

function namesOf(adapted: readonly AdaptedPackage[]): string {
  return adapted.map(({ name, version }) => `${name} ${version}`).join(', ');
}
