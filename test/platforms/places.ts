import { join } from 'node:path';

/** The folder in which this package is developed. */
export const repository = join(import.meta.dirname, '../..');

/** The packages of `npm run test:platforms`. */
export const platformPackages = join(import.meta.dirname, 'node_modules');

/** The package as `npm publish` would send it; the set-up of this suite writes it. */
export const packedLibrary = join(import.meta.dirname, 'dist/liveswap.tgz');

/** Returns the program of another major version of Node. Its package is for Linux on x64, and is left out elsewhere. */
export function nodeOf(major: 22 | 24 | 26): string {
  return join(platformPackages, `node-${major}`, 'bin/node');
}
