import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

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
