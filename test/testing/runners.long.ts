import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

test("plugins are mounted under Node's own runner, with its timers stopped", async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    'plugins/pricing/index.ts': `import { definePlugin } from 'liveswap/plugin';
      export default definePlugin({});
      export async function live_price(count: number) { return count * 21; }`,
    'pricing.test.js': `import assert from 'node:assert/strict';
      import { mock, test } from 'node:test';
      import { mountPlugins } from 'liveswap/testing';
      for (const threads of [false, true]) test('a price', async () => {
        mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
        const app = await mountPlugins('plugins', { threads });
        assert.equal(await app.live.live_price(2), 42);
        await app.close();
        mock.timers.reset();
      });`,
  });
  const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: folder,
    env: quietEnv(),
  });
  expect((await run).stdout).toMatch(/^# pass 2$/m);
});
