import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { Swapper, swapperDefaults } from '../../lib/index.js';
import { filesOfPage } from '../helpers/files-of-page.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const armory = `import { definePlugin, type ExportsOf } from 'liveswap/plugin';
const armory = definePlugin({ exports: { sword: () => 'Excalibur' } });
export default armory;
export type ArmoryApi = ExportsOf<typeof armory>;
`;

test('the plugin that docs/plugins.md writes keeps the rules, loads and answers', async () => {
  const folder = await tempFolder();
  const files = await filesOfPage('docs/plugins.md');
  await writeFiles(folder, { ...files, 'plugins/armory/index.ts': armory });
  const outDir = join(folder, 'out');
  await build({ sources: [join(folder, 'plugins')], outDir });

  const swapper = openSwapper(outDir);
  await swapper.load('the data');
  expect(await swapper.current.plugin('guardian').invoke('polish', 3)).toBe('Polished 3 times.');
  expect(await swapper.call('live_open', 'north')).toBe('north is open.');
  expect(await swapper.call('live_map', 4)).toEqual(new Uint8Array(4));
  const watch = (await swapper.call('live_watch', 'north')) as AsyncIterable<string>;
  for await (const line of watch) {
    expect(line).toBe('All quiet at north.');
    break;
  }
});

test('docs/options.md has a row for every option, and no other; with the default, where that is a number', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/options.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\| ([^|]*?) +\|/gm)];
  const defaults = new Map(
    rows.flatMap(([, names = '', value = '']) =>
      names.split(', ').map((name) => [name.slice(1, -1), value] as const),
    ),
  );
  expect([...defaults.keys()].sort()).toEqual(knownOptions().sort());
  for (const [name, value] of Object.entries(swapperDefaults)) {
    if (typeof value === 'object') continue;
    expect(defaults.get(name)?.replaceAll(/[` ]/g, ''), name).toBe(String(value));
  }
});

/** Returns the options that the message about an unknown one lists. */
function knownOptions(): string[] {
  try {
    void new Swapper('out', { catapults: 3 } as object);
  } catch (error) {
    return /known are (.*?)\./.exec((error as Error).message)?.[1]?.split(', ') ?? [];
  }
  return [];
}
