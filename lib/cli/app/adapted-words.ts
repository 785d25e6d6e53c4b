import * as nodeModule from 'node:module';
import type { AdaptedPackage } from '../../compiler/app/adapted-packages.js';

/** Where no adapter reaches a package: before Node 22.15, Node asks no hooks for these modules, and the thread warns of each. */
const exception = 'registerHooks' in nodeModule ? '' : ', but not in ES modules that CommonJS requires';

/**
 * Returns sentences about the installed packages that take work by themselves; each is empty when there are none. Any of the app's
 * packages may import one, at any time: nobody knows beforehand which are imported.
 */
export function adaptedWords(adapted: readonly AdaptedPackage[]): {
  readonly known: string;
  readonly unknown: string;
} {
  const known = namesOf(adapted.filter(({ isKnown }) => isKnown));
  const unknown = namesOf(adapted.filter(({ isKnown }) => !isKnown));
  return {
    known:
      known &&
      `${known}: active in one version at a time where the app imports ${known.includes(',') ? 'them' : 'it'}${exception}`,
    unknown: unknown && `no adapter knows ${unknown}: old and new version run side by side`,
  };
}

function namesOf(adapted: readonly AdaptedPackage[]): string {
  return adapted.map(({ name, version }) => `${name} ${version}`).join(', ');
}
