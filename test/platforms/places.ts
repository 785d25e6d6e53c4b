import { join } from 'node:path';

/** The folder in which this package is developed. */
export const repository = join(import.meta.dirname, '../..');

/** The packages of `npm run test:platforms`. */
export const platformPackages = join(import.meta.dirname, 'node_modules');

/** The package as `npm publish` would send it; the set-up of this suite puts it there. */
export const packedLibrary = join(import.meta.dirname, 'dist/liveswap.tgz');
