import { readOwnFile, replacedPackage } from '../../core/own-build.js';
import { packageFile } from '../../core/package-files.js';

/** The file as the first process of this one found it. */
let first: { readonly file: string; readonly text: string } | undefined;

/**
 * Returns the path of the file of the process that builds. Another version of this package reads other tasks, and writes other artifacts;
 * the names of the files that this one imports tell its version.
 *
 * @throws LiveswapError `START_FAILED` in a bundled host, and where this package was replaced on the disk
 */
export function buildProcessFile(): string {
  const file = first?.file ?? packageFile('#build-process');
  const text = readOwnFile(file).toString();
  first ??= { file, text };
  if (text !== first.text) throw replacedPackage();
  return file;
}
