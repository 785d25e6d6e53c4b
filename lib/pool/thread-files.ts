import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LiveswapError } from '../core/errors.js';
import { isMissing, replacedPackage } from '../core/own-build.js';
import { bundledHost, packageFile } from '../core/package-files.js';
import { createThreadCode, type ThreadCode } from './thread-code.js';

/** Absolute paths of the files that threads run, and the code of the bundle that the entry runs. */
export interface ThreadFiles {
  readonly entry: string;
  readonly idleArtifact: string;
  readonly code: ThreadCode;
}

let found: ThreadFiles | undefined;

/**
 * Returns the compiled files: Node 20 starts no thread from a .ts file. The entry is bundled into one CommonJS file, because
 * loading fifty files takes twice as long, and an ES module takes 4 ms longer.
 *
 * @throws LiveswapError `START_FAILED` in a bundled host
 */
export function threadFiles(): ThreadFiles {
  found ??= {
    entry: packageFile('#thread'),
    idleArtifact: packageFile('#idle-artifact'),
    code: createThreadCode(packageFile('#thread-code')),
  };
  return found;
}

/** Returns the folders of liveswap's own code in the forms that occur in stacks: paths and URLs. A bundled host has none. */
export function ownFolders(): readonly string[] {
  if (!folders) {
    const entry = entryIfAny();
    const dist = entry === undefined ? [] : [dirname(dirname(entry))];
    const paths = dist.flatMap((folder) =>
      ['entries', 'lib', 'workers'].map((name) => join(folder, name, '/')),
    );
    folders = paths.flatMap((path) => [path, pathToFileURL(path).href]);
  }
  return folders;
}

let folders: readonly string[] | undefined;

function entryIfAny(): string | undefined {
  try {
    return threadFiles().entry;
  } catch {
    return undefined;
  }
}

/**
 * Explains why a thread could not be made: Node needs the working folder in each thread, and the files of Piscina and the entry.
 * Where those were never found, Piscina is in a bundle; `hasBooted` tells that a thread has come up in this process before.
 */
export function explainBoot(cause: unknown, hasBooted: boolean): unknown {
  const { message, syscall } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  if (syscall === 'uv_cwd') return workingFolderGone(cause);
  if (!isMissing(cause) || !message?.includes('worker.js')) return cause;
  return hasBooted ? replacedPackage(cause) : bundledHost(cause);
}

function workingFolderGone(cause: unknown): LiveswapError {
  return new LiveswapError(
    'START_FAILED',
    'the working folder of this process was deleted, and Node starts no thread without one; ' +
      'process.chdir() to a folder that stays, then reload',
    { cause },
  );
}
