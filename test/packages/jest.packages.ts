import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const packages = fileURLToPath(new URL('node_modules', import.meta.url));
const { resolve } = createRequire(import.meta.url);

test('a CommonJS project with Babel tests its plugins in jest, in process and in threads', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');
  await symlink(join(packages, '@jest'), join(folder, 'node_modules/@jest'), 'junction');
  const presets = [
    [resolve('@babel/preset-env'), { targets: { node: 'current' } }],
    resolve('@babel/preset-typescript'),
  ];
  await writeFiles(folder, {
    'package.json': '{ "jest": { "testEnvironment": "node" } }',
    'babel.config.js': `module.exports = ${JSON.stringify({ presets })};`,
    'plugins/pricing/index.ts': `import { definePlugin } from 'liveswap/plugin';
      export default definePlugin({});
      export async function live_price(count: number) { return count * 21; }`,
    'pricing.test.ts': `import { expect, test } from '@jest/globals';
      test.each([false, true])('a price, with threads: %s', async (threads: boolean) => {
        const { mountPlugins } = await import('liveswap/testing');
        const app = await mountPlugins('plugins', { threads });
        expect(await app.live.live_price(2)).toBe(42);
        await app.close();
      }, 300_000);`,
  });
  const jest = join(packages, 'jest/bin/jest.js');
  const { stderr } = await promisify(execFile)(process.execPath, [jest, '--ci'], {
    cwd: folder,
    env: quietEnv({ NODE_OPTIONS: '--experimental-vm-modules' }),
  });
  expect(stderr).toMatch(/^Tests: +2 passed, 2 total$/m);
});
