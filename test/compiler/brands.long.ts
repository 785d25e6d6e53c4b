import { readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

// Each plugin has a program of its own, in which the checker numbers symbols in another way.
const tsconfig = JSON.stringify({
  compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', skipLibCheck: true },
});
const shop = {
  'plugins/shop/tsconfig.json': tsconfig,
  'plugins/shop/sku.ts': `import { z } from 'zod';
    export const Sku = z.string().brand<'Sku'>();
    export type Sku = z.infer<typeof Sku>;`,
  'plugins/shop/index.ts': `import { definePlugin, type ExportsOf } from 'liveswap/plugin';
    import { Sku } from './sku.js';
    const plugin = definePlugin({
      exports: { find: async (text: string): Promise<Sku> => Sku.parse(text), price: async (sku: Sku) => sku.length },
    });
    export default plugin;
    export type ShopApi = ExportsOf<typeof plugin>;`,
};
const till = {
  'plugins/till/tsconfig.json': tsconfig,
  'plugins/till/index.ts': `import { definePlugin, importPlugin } from 'liveswap/plugin';
    import type { ShopApi } from '../shop/index.js';
    const shop = importPlugin<ShopApi>('shop');
    export default definePlugin({});
    export async function live_priceOf(text: string): Promise<number> { return shop.price(await shop.find(text)); }`,
};
const unrelated = {
  'plugins/choir/index.ts': `import { definePlugin } from 'liveswap/plugin';
    declare const pitch: unique symbol;
    export type Note = string & { readonly [pitch]: 'Note' };
    export default definePlugin({ exports: { sing: async (note: Note) => note } });`,
};

test('a branded type of zod is one type to whoever exports it and whoever imports it, each with its own tsconfig.json', async () => {
  const folder = await tempFolder();
  await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFiles(folder, { 'package.json': '{ "type": "module" }', ...shop, ...till });
  const options = { sources: [join(folder, 'plugins')], outDir: join(folder, 'out') };
  await build(options);
  const swapper = openSwapper(options.outDir);
  await swapper.load();
  await expect(swapper.call('live_priceOf', 'sword')).resolves.toBe(5);

  const bytes = async (): Promise<string[]> =>
    Promise.all(['shop', 'till'].map((name) => readFile(join(options.outDir, `${name}.plugin.mjs`), 'utf8')));
  const before = await bytes();
  await writeFiles(folder, unrelated);
  await build(options);
  expect(await bytes()).toEqual(before);
  expect(before.join('\n').match(/__@\w+@\d+/g)).toBeNull();
  expect(await swapper.reload()).toMatchObject({ choir: 'ok', shop: 'unchanged', till: 'unchanged' });
});
