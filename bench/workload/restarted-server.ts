import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import type { PluginFiles } from './write-plugins.js';

const server = (plugin: string): string => `
import { createServer } from 'node:http';
import { live_edition_${plugin} } from './index.js';

createServer(async (_request, response) => {
  response.end(await live_edition_${plugin}());
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

/** Stand-in for `liveswap/plugin`, where there is no library to import it from. */
const noLibrary = `export const definePlugin = (definition) => definition;`;

/**
 * Writes a plugin's code as an ordinary server, as TypeScript or as JavaScript; returns the entry.
 */
export async function writeRestartedServer(
  folder: string,
  plugin: string,
  files: PluginFiles,
  language: 'ts' | 'js',
): Promise<string> {
  const all = { ...files, 'server.ts': server(plugin), 'liveswap.ts': noLibrary };
  for (const [path, text] of Object.entries(all)) {
    const source = text.replace(`'liveswap/plugin'`, `'./liveswap.js'`);
    const { code } = language === 'js' ? await transform(source, { loader: 'ts' }) : { code: source };
    const file = join(folder, path.replace(/ts$/, language));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return join(folder, `server.${language}`);
}
