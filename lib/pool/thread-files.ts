import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LiveswapError } from '../core/errors.js';
import { createThreadCode, type ThreadCode } from './thread-code.js';

/** Files that threads run, as absolute paths, and the code of the bundle that the entry runs. */
export interface ThreadFiles {
  readonly entry: string;
  readonly blank: string;
  readonly code: ThreadCode;
}

let found: ThreadFiles | undefined;

/**
 * The compiled files, also when this one runs as TypeScript: Node 20 starts no thread from a .ts file. The entry is bundled
 * into one CommonJS file: a thread that loads fifty boots half as fast, and one that loads a module takes 4 ms longer. Looked
 * for when they are needed: a host that links its plugins statically may be bundled, liveswap included, and has none then.
 *
 * @throws LiveswapError `START_FAILED` in a bundled host
 */
export function threadFiles(): ThreadFiles {
  try {
    if (!found) {
      // In a bundle there is neither this file's place nor its package.
      const require = createRequire(import.meta.url);
      found = {
        entry: checkFile(require.resolve('#thread')),
        blank: checkFile(require.resolve('#blank')),
        code: createThreadCode(checkFile(require.resolve('#thread-code'))),
      };
    }
    return found;
  } catch (cause) {
    throw bundledHost(cause);
  }
}

/** Throws where a bundler has put the number of a module in the place of its path, as webpack does. */
function checkFile(file: unknown): string {
  if (typeof file === 'string' && isAbsolute(file)) return file;
  throw new Error(`${String(file)} is no file`);
}

/** The folders of liveswap's own code, as stacks write them: as paths and as URLs. None in a bundled host. */
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

/** Explains why a thread could not be made: a bundled Piscina does not find its own file, either. */
export function explainBoot(cause: unknown): unknown {
  const { code, message } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return isMissing && message?.includes('worker.js') ? bundledHost(cause) : cause;
}

function bundledHost(cause: unknown): LiveswapError {
  return new LiveswapError(
    'START_FAILED',
    'liveswap was bundled into the host, and threads need the files of its package; leave it out of the bundle ' +
      "(esbuild and vite: external: ['liveswap'], webpack: externals, Next: serverExternalPackages: ['liveswap']), " +
      'or link the plugins statically.',
    { cause },
  );
}
