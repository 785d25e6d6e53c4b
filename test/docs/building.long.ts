import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf } from '../helpers/page-blocks.js';
import { runProgram } from '../helpers/run-program.js';
import { linkPackages } from '../helpers/start-project.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('the program of the page about building builds, and ends by itself', async () => {
  const page = blocksOf('docs/building.md');
  const program = page.find(({ text }) => text.includes("from 'liveswap/build'"))?.text ?? '';
  const folder = await tempFolder();
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    'build.js': program,
    'plugins/pricing/index.ts': `import { definePlugin } from 'liveswap/plugin';
      export default definePlugin({});
      export async function live_price(count: number) { return count * 21; }`,
  });
  await linkPackages(folder);
  const { ended } = await runProgram(folder, [process.execPath, 'build.js']);
  expect(await ended).toBe(0);
  await expect(access(join(folder, 'dist/plugins/pricing.plugin.mjs'))).resolves.toBeUndefined();
});
