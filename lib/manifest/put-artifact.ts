import { dirname } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { makeFolder } from '../core/make-folder.js';
import { diskRemedy } from '../core/disk-remedy.js';
import { writeIfChanged } from './write-atomically.js';

/**
 * Writes the artifact of a plugin, unless `file` has exactly these bytes; makes its folder. Resolves to true when it was written.
 *
 * @throws LiveswapError `COPY_FAILED`
 */
export async function putArtifact(plugin: string, file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await makeFolder(dirname(file));
    return await writeIfChanged(file, bytes);
  } catch (cause) {
    throw notWritten(`the artifact of ${plugin}`, file, cause, plugin);
  }
}

/** Creates the error for `what`, a file of a plugin or about all of them, which could not be written because of `cause`. */
export function notWritten(what: string, file: string, cause: unknown, plugin?: string): LiveswapError {
  const folder = dirname(file);
  const remedy =
    diskRemedy(cause) ?? 'let this process write there, or name another folder (copyDir, for an app)';
  const message = `Cannot put ${what} into ${folder}: ${messageOf(cause)}; ${remedy}.`;
  return new LiveswapError('COPY_FAILED', message, {
    ...(plugin !== undefined && { plugin }),
    file,
    folder,
    cause,
  });
}
