import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { makeFolder } from '../core/make-folder.js';
import { diskRemedy } from '../core/disk-remedy.js';

/**
 * Creates the folder for the artifacts.
 *
 * @throws LiveswapError `OPTION_INVALID` when the folder is one of the sources, holds sources, or cannot be made or read.
 */
export async function prepareOutFolder(outDir: string, sources: readonly string[]): Promise<void> {
  const folder = resolve(outDir);
  const remedy = 'name a folder of its own, as in `liveswap build -o dist/plugins plugins/*`';
  if (sources.some((source) => resolve(source) === folder))
    throw invalid(`${folder} is one of the plugin folders as well; ${remedy}`);
  const attempt = <T>(what: string, of: Promise<T>): Promise<T> =>
    of.catch((cause: unknown) => {
      throw invalid(
        `${folder} cannot be ${what}: ${messageOf(cause)}; ${diskRemedy(cause) ?? remedy}`,
        cause,
      );
    });
  await attempt('made', makeFolder(folder));
  const source = (await attempt('read', readdir(folder))).find(isSource);
  if (source !== undefined) throw invalid(`${join(folder, source)} is source code; ${remedy}`);
}

/** Returns whether a file is a source, rather than a file that a build wrote. */
function isSource(name: string): boolean {
  return /\.[cm]?tsx?$/.test(name) && !/\.d\.[cm]?ts$|\.entry\.ts$/.test(name);
}

function invalid(found: string, cause?: unknown): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot write artifacts: ${found}.`, {
    option: 'outDir',
    cause,
  });
}
