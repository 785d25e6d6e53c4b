import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Contents by path, relative to the folder they are written to. */
export type Files = Readonly<Record<string, string>>;

/** Writes files below `folder`, and the folders they need. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const path of Object.keys(files)) await mkdir(dirname(join(folder, path)), { recursive: true });
  // The files are written synchronously: on a busy machine, a watcher could see an empty file, or only some of them otherwise.
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

/**
 * Writes plugins below `folder`; returns their folders, ready to be built.
 *
 * @example
 * const sources = await writePlugins(folder, { guardian: { 'index.ts': '…', 'jobs/roll-call.ts': '…' } });
 */
export async function writePlugins(
  folder: string,
  plugins: Readonly<Record<string, Files>>,
): Promise<string[]> {
  for (const [name, files] of Object.entries(plugins)) await writeFiles(join(folder, name), files);
  return Object.keys(plugins).map((name) => join(folder, name));
}
