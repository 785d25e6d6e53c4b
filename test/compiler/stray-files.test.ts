import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remarksOn } from '../../lib/cli/output.js';
import { BuildSession } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a file beside plugin folders is named, also when the plugins are refused', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'types.ts': 'export interface Order { id: string }',
    'guardian/index.ts': 'process.exit(1);',
    'herald/index.ts': 'process.exit(1);',
  });
  const session = new BuildSession({ sources: [folder], outDir: `${folder}/out`, typecheck: false });
  const reports = await session.check();
  await session.close();
  expect(reports.map(({ state }) => state)).toEqual(['refused', 'refused']);
  expect(reports.flatMap((report) => remarksOn(report))).toEqual([
    expect.stringContaining('types.ts lies beside plugin folders'),
  ]);
});

test('a folder beside plugins with a root module in JavaScript is named, which was ignored in silence', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'armory/index.js': 'export default {};',
    'guardian/index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
    'notes/readme.md': '',
  });
  const session = new BuildSession({ sources: [folder], outDir: `${folder}/out`, typecheck: false });
  const reports = await session.check();
  await session.close();
  expect(reports.map(({ state }) => state)).toEqual(['checked']);
  expect(reports.flatMap((report) => remarksOn(report))).toEqual([
    expect.stringContaining('armory is no plugin: its index.js is JavaScript'),
  ]);
});

test('one that is gone is named no longer, and a new one is', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'types.ts': 'export interface Order { id: string }',
    'guardian/index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
  });
  const session = new BuildSession({ sources: [folder], outDir: join(folder, 'out'), typecheck: false });
  const strays = async (...changed: string[]): Promise<string[]> =>
    (await session.check(changed)).flatMap(({ warnings }) => warnings.map(({ file }) => file));
  const [types, names] = [join(folder, 'types.ts'), join(folder, 'names.ts')];
  try {
    expect(await strays()).toEqual([types]);
    await rm(types);
    expect(await strays(types)).toEqual([]);
    await writeFiles(folder, { 'names.ts': 'export type Name = string;' });
    expect(await strays(names)).toEqual([names]);
  } finally {
    await session.close();
  }
});
