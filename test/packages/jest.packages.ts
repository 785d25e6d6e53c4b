import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
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

/** Runs the tests of a CommonJS project with Babel; resolves to jest's output. */
async function jestSays(
  files: Readonly<Record<string, string>>,
  jest: object,
  nodeOptions = '',
): Promise<string> {
  const folder = await tempFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules/liveswap'), 'junction');
  await symlink(join(packages, '@jest'), join(folder, 'node_modules/@jest'), 'junction');
  const presets = [
    [resolve('@babel/preset-env'), { targets: { node: 'current' } }],
    resolve('@babel/preset-typescript'),
  ];
  await writeFiles(folder, {
    'package.json': JSON.stringify({ jest: { testEnvironment: 'node', ...jest } }),
    'babel.config.js': `module.exports = ${JSON.stringify({ presets })};`,
    'plugins/pricing/index.ts': `import { definePlugin } from 'liveswap/plugin';
      export default definePlugin({});
      export async function live_price(count: number) { return count * 21; }`,
    ...files,
  });
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [join(packages, 'jest/bin/jest.js'), '--ci'],
    { cwd: folder, env: quietEnv({ NODE_OPTIONS: nodeOptions }) },
  );
  return stderr;
}

test('a CommonJS project with Babel tests its plugins in jest, in process and in threads', async () => {
  const said = await jestSays(
    {
      'pricing.test.ts': `import { expect, test } from '@jest/globals';
      test.each([false, true])('a price, with threads: %s', async (threads: boolean) => {
        const { mountPlugins } = await import('liveswap/testing');
        const app = await mountPlugins('plugins', { threads });
        expect(await app.live.live_price(2)).toBe(42);
        await app.close();
      }, 300_000);`,
    },
    {},
    '--experimental-vm-modules',
  );
  expect(said).toMatch(/^Tests: +2 passed, 2 total$/m);
});

test('with the pattern that docs/testing.md has for jest, a unit test imports a function of a plugin', async () => {
  const page = await readFile(join(repository, 'docs/testing.md'), 'utf8');
  const [, patterns = ''] = /transformIgnorePatterns: (\[.*\])/.exec(page) ?? [];
  const said = await jestSays(
    {
      'pricing.test.ts': `import { expect, test } from '@jest/globals';
      import { live_price } from './plugins/pricing/index';
      test('a price', async () => expect(await live_price(2)).toBe(42));`,
    },
    { transformIgnorePatterns: JSON.parse(patterns.replaceAll("'", '"')) as string[] },
  );
  expect(said).toMatch(/^Tests: +1 passed, 1 total$/m);
});
