import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../adapters/installed-version.js';
import type { AdaptedNames } from './adapted-packages.js';
import type { FrozenFiles } from './frozen-files.js';
import { warnOfRequiredEsModule, warnOfUnreachedPackages } from './warnings.js';

/** Folder and name of the package that a file belongs to. */
const PACKAGE = /^(?<folder>.*[\\/]node_modules[\\/](?<name>(?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/;

interface Manifest {
  readonly type?: string;
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
    const unreached = [...needsOf(what)].filter((need) => Object.hasOwn(adapted, need));
    if (name !== undefined && unreached.length > 0) warnOfUnreachedPackages(name, unreached);
  };
}

/** Returns the names of the installed packages that an ES package needs, and that those among them need which are ES packages too. */
function needsOf(folder: string, found = new Set<string>()): Set<string> {
  const { dependencies, peerDependencies, optionalDependencies } = manifestIn(folder) ?? {};
  for (const need of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
    if (found.has(need)) continue;
    const inner = findInstalled(need, folder)?.folder;
    // What a package can do without is often not installed.
    if (inner === undefined) continue;
    found.add(need);
    // By its real path, as Node finds what a linked package needs.
    if (manifestIn(inner)?.type === 'module') needsOf(realpathSync(inner), found);
  }
  return found;
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
