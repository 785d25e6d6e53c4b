import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pluginSources } from '../../lib/cli/app/plugin-sources.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const plugin = (sword: string): string => `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
export async function live_sword(): Promise<string> { return '${sword}'; }`;

test('saves that came while the plugins beside an app could not be built are built as soon as they can be', async () => {
  const folder = await tempFolder();
  const armory = 'plugins/armory/index.ts';
  // This name is too long for an artifact.
  const unfit = `plugins/${'swords'.repeat(40)}`;
  await writeFiles(folder, {
    'package.json': '{ "name": "gate" }',
    'server.js': '',
    [armory]: plugin('Ice'),
  });
  const sources = await pluginSources(join(folder, 'plugins'), join(folder, 'server.js'), {});
  onTestFinished(() => sources?.close());
  await writeFiles(folder, { [armory]: plugin('Longclaw'), [`${unfit}/index.ts`]: plugin('Needle') });
  await expect(sources?.build([join(folder, armory), join(folder, unfit, 'index.ts')])).rejects.toMatchObject(
    { code: 'OPTION_INVALID' },
  );
  await rm(join(folder, unfit), { recursive: true });
  await sources?.build([join(folder, unfit, 'index.ts')]);
  expect(await readFile(join(sources?.outDir ?? '', 'armory.plugin.mjs'), 'utf8')).toContain('Longclaw');
});
