import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of a plugin, by path. */
export type PluginFiles = Readonly<Record<string, string>>;

/** Writes plugins below `folder`; returns their folders. */
export async function writePlugins(
  folder: string,
  plugins: Readonly<Record<string, PluginFiles>>,
): Promise<string[]> {
  for (const [name, files] of Object.entries(plugins)) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, name, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  return Object.keys(plugins).map((name) => join(folder, name));
}
