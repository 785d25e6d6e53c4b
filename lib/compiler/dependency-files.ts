import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isPackaged, isWithin } from '../core/paths.js';
import { compiledLib } from './plugin-module.js';

/** Files that package managers write when packages are installed or upgraded: npm does not always touch package.json. */
const names = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
];

const baseNames = new Set(names.map((name) => basename(name)));

/**
 * Returns the files that tell which packages a folder can see, there and in every folder above. Beside a package.json, it
 * includes files that the first installation will write.
 */
export function dependencyFiles(folder: string): string[] {
  const isPackage = existsSync(join(folder, 'package.json'));
  const found = names.map((name) => join(folder, name)).filter((path) => isPackage || existsSync(path));
  const parent = dirname(folder);
  return parent === folder ? found : [...found, ...dependencyFiles(parent)];
}

/** Returns whether a change of this file means that installed packages may have changed. */
export function isDependencyFile(path: string): boolean {
  return baseNames.has(basename(path));
}

/**
 * Returns the package.json of each package that own files belong to, and the places where a nearer one, or a nearer tsconfig.json,
 * would count instead. That of a linked package, such as those of a workspace, says which of its files others import, and no
 * package manager writes anything when it is edited.
 */
export function ownSettings(files: Iterable<string>): Set<string> {
  const found = new Map<string, readonly string[]>();
  const upToPackage = (folder: string): readonly string[] => {
    const known = found.get(folder);
    if (known) return known;
    const [manifest, tsconfig] = [join(folder, 'package.json'), join(folder, 'tsconfig.json')];
    const parent = dirname(folder);
    const isPackage = existsSync(manifest);
    const above = isPackage || parent === folder ? [] : upToPackage(parent);
    // Without a package, the way up ends at the root of the disk.
    const settings = isPackage || above.length > 0 ? [manifest, tsconfig, ...above] : [];
    found.set(folder, settings);
    return settings;
  };
  // liveswap's own declarations, where it is linked, change only with liveswap.
  const own = [...files].filter((file) => !isPackaged(file) && !isWithin(file, dirname(compiledLib)));
  return new Set(own.flatMap((file) => upToPackage(dirname(file))));
}
