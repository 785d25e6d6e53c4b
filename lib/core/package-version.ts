import { readFileSync } from 'node:fs';
import { packageFile } from './package-files.js';

/** Returns the version of this package; `unknown` in a bundled host, which has no package.json of this package to read. */
export function packageVersion(): string {
  try {
    const manifest = readFileSync(packageFile('liveswap/package.json'), 'utf8');
    return (JSON.parse(manifest) as { readonly version: string }).version;
  } catch {
    return 'unknown';
  }
}
