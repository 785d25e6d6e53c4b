import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { LiveswapError } from './errors.js';

/** A file that this package finds by name: in `imports` of its package.json, or package.json itself. */
type PackageFile =
  | '#thread'
  | '#thread-code'
  | '#idle-artifact'
  | '#build-process'
  | '#begin-with-compiler'
  | '#compiler-image'
  | '#snapshot-maker'
  | '#otel-thread'
  | '#plugin-module'
  | 'liveswap/package.json';

/**
 * Returns the absolute path of a compiled file of this package, even if this one runs as TypeScript. Ask on demand: a bundled host
 * that links its plugins statically does not have these files.
 *
 * @throws LiveswapError `START_FAILED` in a bundled host
 */
export function packageFile(name: PackageFile): string {
  try {
    const file: unknown = createRequire(import.meta.url).resolve(name);
    if (typeof file === 'string' && isAbsolute(file)) return file;
    // A bundler such as webpack replaces the path of a module by a number.
    throw new Error(`${String(file)} is not a file`);
  } catch (cause) {
    // In a bundle, neither this file nor its package exists.
    throw bundledHost(cause);
  }
}

/** Returns the error that says why a bundled host fails, and what to do. */
export function bundledHost(cause: unknown): LiveswapError {
  return new LiveswapError(
    'START_FAILED',
    'liveswap was bundled into the host, and its threads and builds need the files of its package; leave it out of the ' +
      "bundle (esbuild and vite: external: ['liveswap'], webpack: externals, Next: serverExternalPackages: ['liveswap']), " +
      'or link the plugins statically',
    { cause },
  );
}
