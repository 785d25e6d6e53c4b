import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Swapper } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const packageOf = (name: string, place: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, type: 'module', exports: './index.js' }),
  [`node_modules/${name}/index.js`]: `export const place = '${place}';`,
});

test('copies are put where copyDir says, and packages are found as from the artifacts, nearest first', async () => {
  const folder = await tempFolder();
  const plugins = join(folder, 'app/dist/plugins');
  await mkdir(plugins, { recursive: true });
  await writeFiles(join(folder, 'app'), {
    ...packageOf('far', 'app'),
    ...packageOf('both', 'app'),
  });
  await writeFiles(plugins, packageOf('both', 'plugins'));
  await deploy(plugins, {
    name: 'herald',
    module: `import { place as far } from 'far'; import { place as both } from 'both'; import { createRequire } from 'node:module';
      const found = createRequire(import.meta.url).resolve.paths('far').length > 0;`,
    live: { live_places: '() => [far, both, found]', live_break: '() => { process.exit(1); }' },
  });
  await chmod(plugins, 0o555);
  onTestFinished(() => chmod(plugins, 0o755));
  const copyDir = join(folder, 'copies');
  const swapper = openSwapper(plugins, { copyDir });
  await swapper.load();
  expect(await swapper.call('live_places')).toEqual(['app', 'plugins', true]);
  expect(existsSync(join(plugins, '.versions'))).toBe(false);
  expect(await readdir(join(copyDir, '.versions'))).toHaveLength(1);
  await swapper.close();
  expect(existsSync(copyDir)).toBe(false);
  // The targets of the links are still there.
  expect(existsSync(join(plugins, 'node_modules/both/index.js'))).toBe(true);
});

test.each(['', 5])('a copyDir of %j is refused', (copyDir) => {
  expect(() => new Swapper('.', { copyDir: copyDir as string })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'copyDir' }),
  );
});
