import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveswapError, messageOf } from '../../core/errors.js';
import type { AppFiles } from './collected-files.js';

/**
 * Resolves to the name of an app: that of its package without the scope, else that of its entry without the extension.
 *
 * @throws LiveswapError `BUILD_FAILED` when its package.json is no JSON: Node would run nothing of it, either
 */
export async function appName({ home, entry }: AppFiles): Promise<string> {
  const file = join(home, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const { name } = parsedManifest(file, text);
  const own = typeof name === 'string' ? name.replace(/^@[^/]*\//, '') : '';
  return own || entry.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
}

/** Parses a package.json. @throws LiveswapError `BUILD_FAILED` when it is no JSON: Node would run nothing of this package */
function parsedManifest(file: string, text: string): { readonly name?: unknown } {
  try {
    return JSON.parse(text) as { readonly name?: unknown };
  } catch (cause) {
    throw new LiveswapError(
      'BUILD_FAILED',
      `${file} cannot be read: ${messageOf(cause)}; correct it there.`,
      {
        cause,
        file,
      },
    );
  }
}
