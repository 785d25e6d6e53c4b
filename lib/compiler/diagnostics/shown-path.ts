import { isWithin, nativePath, relativePath } from '../../core/paths.js';

/** Returns a path as it is shown: relative to the working folder if it is inside. */
export function shownPath(file: string): string {
  const workingFolder = process.cwd();
  const isShown = file !== workingFolder && isWithin(file, workingFolder);
  return isShown ? nativePath(relativePath(workingFolder, file)) : file;
}
