import { readFileSync } from 'node:fs';
import { LiveswapError } from './errors.js';

/** A hash of the build, which replaces this name where files are bundled. */
declare const LIVESWAP_BUILD: string;

/**
 * Identifies the build that this bundle comes from; `undefined` outside of bundles. Files that are loaded at different times may
 * come from different versions of this package, because it may be replaced on the disk while a process runs.
 */
export const ownBuild = typeof LIVESWAP_BUILD === 'undefined' ? undefined : LIVESWAP_BUILD;

/** Returns the error that says why a process cannot use what it finds of this package on the disk, and what to do. */
export function replacedPackage(cause?: unknown): LiveswapError {
  return new LiveswapError(
    'START_FAILED',
    'the package liveswap, or one that it needs, was replaced or removed on the disk since this process loaded it, and parts ' +
      'of two versions do not fit together; restart the process, or install the version again that it runs',
    { cause },
  );
}

/** Returns {@link replacedPackage} for the error of a file of this package that is missing, and other errors as they are. */
function explainMissing(error: unknown): unknown {
  return isMissing(error) ? replacedPackage(error) : error;
}

/** Resolves to a module of this package that is loaded on demand. @throws LiveswapError `START_FAILED` where it is missing */
export function ownModule<Module>(loading: Promise<Module>): Promise<Module> {
  return loading.catch((error: unknown) => {
    throw explainMissing(error);
  });
}

/** Returns the bytes of a file of this package. @throws LiveswapError `START_FAILED` where it is missing */
export function readOwnFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw explainMissing(error);
  }
}

/** Returns whether an error says that a module or file does not exist. */
export function isMissing(error: unknown): boolean {
  const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND' || code === 'ENOENT';
}
