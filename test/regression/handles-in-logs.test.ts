import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { Workshop } from '../helpers/workshop.js';

test('a generation and live functions can be written as JSON or as text, as a log does: nothing is called', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => 1' } });
  const called: string[] = [];
  const swapper = openSwapper(folder, {
    carrier: () => {
      called.push('a live function');
      return {};
    },
  });
  await swapper.load();
  expect(JSON.parse(JSON.stringify(swapper.current))).toMatchObject({ id: 1, vault: { dataBag: {} } });
  expect(JSON.stringify({ live: swapper.live() })).toBe('{}');
  expect(String(swapper.live())).toBe('[object Object]');
  expect(Number(swapper.live())).toBeNaN();
  expect(called).toEqual([]);
});

test('so can the vault and an import in a plugin, whose thread lives on', async () => {
  const { outDir } = await Workshop.open({
    armory: {
      'index.ts': `
import { definePlugin, type ExportsOf } from 'liveswap/plugin';
const plugin = definePlugin({ exports: { sword: () => 'Gram' } });
export default plugin;
export type ArmoryApi = ExportsOf<typeof plugin>;
`,
    },
    guardian: {
      'index.ts': `
import { context, definePlugin, importPlugin } from 'liveswap/plugin';
import type { ArmoryApi } from '../armory/index.js';
const armory = importPlugin<ArmoryApi>('armory');
export default definePlugin({});
export const live_write = (): string => JSON.stringify([armory, context.vault]);
export const live_print = (): string =>
  [armory, context.vault.extension, context.vault.live].map(String).join(' ') + Number(armory);
export const live_sword = (): Promise<string> => armory.sword();
`,
    },
  });
  const swapper = openSwapper(outDir);
  await swapper.load();
  expect(await swapper.call('live_write')).toBe('[{},{"dataBag":{}}]');
  expect(await swapper.call('live_print')).toBe('[object Object] [object Object] [object Object]NaN');
  expect(await swapper.call('live_sword')).toBe('Gram');
  expect(swapper.stats().crashes).toBe(0);
});

test('an import that is passed as an argument is refused, and nothing of it is called', async () => {
  const { outDir } = await Workshop.open({
    armory: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin'; export default definePlugin({});`,
    },
    guardian: {
      'index.ts': `
import { context, definePlugin, importPlugin } from 'liveswap/plugin';
const armory = importPlugin<{}>('armory');
export default definePlugin({});
export const live_take = (given: unknown): string => typeof given;
export const live_pass = async (): Promise<unknown> => context.vault.call<string>('live_take', armory);
`,
    },
  });
  const swapper = openSwapper(outDir);
  await swapper.load();
  await expect(swapper.call('live_pass')).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  expect(await swapper.call('live_take', 1)).toBe('number');
  expect(swapper.stats().crashes).toBe(0);
});
