import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePlugins, type PluginFiles } from './write-plugins.js';

/**
 * Builds plugins and returns the folder of their artifacts. Another process builds: a compiler in this one would be measured as
 * well.
 */
export async function buildPlugins(
  folder: string,
  plugins: Readonly<Record<string, PluginFiles>>,
): Promise<string> {
  const sources = await writePlugins(join(folder, 'plugins'), plugins);
  const outDir = join(folder, 'artifacts');
  const builder = fork(fileURLToPath(new URL('builder.js', import.meta.url)), [outDir, ...sources]);
  const [code] = (await once(builder, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The plugins of ${folder} could not be built: exit code ${code}.`);
  return outDir;
}
