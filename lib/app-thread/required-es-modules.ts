import { readFileSync } from 'node:fs';
import type { AdaptedNames } from './adapted-packages.js';
import type { FrozenFiles } from './frozen-files.js';
import { warnOfRequiredEsModule, warnOfUnreachedPackages } from './warnings.js';

/** Folder and name of the package that a file belongs to. */
const PACKAGE = /^(?<folder>.*[\\/]node_modules[\\/](?<name>(?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/;

interface Manifest {
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly optionalDependencies?: object;
}

/**
 * Returns a function that is called with each ES module that CommonJS requires, where `module.registerHooks` does not exist: Node
 * asks the hooks of `module.register` neither for it nor for what it imports. It warns of what they would have done.
 */
export function requiredEsModules(files: FrozenFiles, adapted: AdaptedNames): (path: string) => void {
  const told = new Set<string>();
  return (path) => {
    const { folder, name } = PACKAGE.exec(path)?.groups ?? {};
    const what = files.isOwn(path) ? path : folder;
    if (what === undefined || told.has(what)) return;
    told.add(what);
    if (what === path) return warnOfRequiredEsModule(path);
    const unreached = needsOf(what).filter((need) => Object.hasOwn(adapted, need));
    if (name !== undefined && unreached.length > 0) warnOfUnreachedPackages(name, unreached);
  };
}

/** Returns the names of the packages that a package needs. */
function needsOf(folder: string): string[] {
  try {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  } catch {
    return [];
  }
}
