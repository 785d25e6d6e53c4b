import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const root = join(import.meta.dirname, '../..');

test('host, plugins and liveswap fit into one file, which needs nothing beside it', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const sources = await writePlugins(join(folder, 'plugins'), {
    armory: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({ exports: { sword: () => 'a sword' } });`,
    },
    guardian: {
      'index.ts': `import { context, definePlugin, importPlugin } from 'liveswap/plugin';
const armory = importPlugin<{ sword(): string }>('armory');
export const live_arm = async (name: string) => name + ' has ' + (await armory.sword()) + ' of ' + context.plugin;
export default definePlugin({});`,
    },
  });
  await build({ sources, outDir, static: true });
  await writeFiles(outDir, {
    'host.mjs': `import { Swapper } from 'liveswap';
import plugins from './static-plugins.mjs';
const swapper = new Swapper('plugins', { static: plugins });
await swapper.load();
console.log(await swapper.call('live_arm', 'Ada'));
await swapper.close();`,
  });
  const page = await readFile(join(root, 'docs/static-linking.md'), 'utf8');
  const banner = /js: "(.*)",$/m.exec(page)?.[1] ?? expect.fail();
  const file = join(folder, 'host.mjs');
  await bundle({
    entryPoints: [join(outDir, 'host.mjs')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: banner },
    alias: { liveswap: join(root, 'dist/lib/index.js') },
    logLevel: 'silent',
  });
  await rm(outDir, { recursive: true });
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  expect(stdout).toBe('Ada has a sword of guardian\n');
});
