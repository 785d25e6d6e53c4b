import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAbove } from './paths.js';

/** Returns the nearest folder that has a package.json: `folder`, or one above it; `undefined` if there is none. */
export function packageFolder(folder: string): string | undefined {
  return [folder, ...foldersAbove(folder)].find((at) => existsSync(join(at, 'package.json')));
}
