import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mountPlugins, type MountedPlugins, type MountOptions } from '../../lib/testing/index.js';
import { LiveData } from '../../lib/index.js';
import { tempFolder } from '../helpers/temp-folder.js';

const files = {
  'plugins/armory/index.ts': `import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({ exports: { sword: async () => 'Ice' } });`,
  'plugins/pricing/index.ts': `import { context, definePlugin, importPlugin } from 'liveswap/plugin';
    import { market } from '../../shared/market.js';
    const armory = importPlugin<{ sword(): Promise<string> }>('armory');
    let rate = 1;
    export default definePlugin({ onLoad(data) { rate = (data as { rate?: number } | undefined)?.rate ?? 1; },
      functions: { double: (value: number) => value * 2 } });
    export async function live_price(count: number) { return count * 21 * rate; }
    export async function live_describe() { return market + ': ' + await armory.sword(); }
    export async function live_host() { return context.vault.extension.name(); }
    export async function live_fail() { throw new Error('no stock'); }
    export class Live_Order { count = 1; async handle() { return this.count; } }`,
  'plugins/counter/index.ts': `import { context, definePlugin } from 'liveswap/plugin';
    let stock: unknown;
    export default definePlugin({
      async onLoad() { stock = await context.vault.dataBag.get('stock'); },
      http: { fetch: async (request: Request) => new Response(new URL(request.url).pathname + ' ' + stock) } });`,
  'shared/market.ts': `export const market = 'north';`,
  'package.json': '{ "type": "module" }',
};

async function writeProject(): Promise<string> {
  const folder = await tempFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return join(folder, 'plugins');
}

async function mount(sources: string, options?: MountOptions): Promise<MountedPlugins> {
  const app = await mountPlugins(sources, options);
  onTestFinished(() => app.close());
  return app;
}

test('plugins run in process, are called, and leave nothing behind', async () => {
  const sources = await writeProject();
  const app = await mount(sources, { data: { rate: 2 }, extension: { name: () => 'host' } });
  expect(await app.live['live_price']?.(1)).toBe(42);
  expect(await app.call('live_describe')).toBe('north: Ice');
  expect(await app.call('live_host')).toBe('host');
  expect(await app.plugin('pricing').invoke('double', 4)).toBe(8);
  expect(await app.with({ timeoutMs: 60_000 }).call('live_price', 1)).toBe(42);
  await app.close();
  expect(await readdir(join(sources, '../node_modules/.cache/liveswap'))).toEqual([]);
});

test('plugins without a package.json above them have nothing built beside them', async () => {
  const folder = join(await writeProject(), '..');
  await rm(join(folder, 'package.json'));
  const before = await readdir(folder);
  const app = await mount(join(folder, 'plugins'), { data: { rate: 2 } });
  expect(await app.live['live_price']?.(1)).toBe(42);
  expect(await readdir(folder)).toEqual(before);
});

test('an extension may be frozen, and a wrong one is refused as in production', async () => {
  const sources = await writeProject();
  const app = await mount(sources, { extension: Object.freeze({ name: () => 'frozen' }) });
  expect(await app.call('live_host')).toBe('frozen');
  for (const extension of [() => 5 as never, async () => ({ name: () => 'late' })])
    await expect(mountPlugins(sources, { extension })).rejects.toThrow(
      /extension .* it returned a (number|promise)/,
    );
});

test('a mock stands in for a plugin, and is told what it is called with', async () => {
  const sword = vi.fn(async () => 'Needle');
  const sources = await writeProject();
  const app = await mount(sources, { only: ['pricing'], mocks: { armory: { sword, live_stock: () => 3 } } });
  expect(await app.call('live_describe')).toBe('north: Needle');
  expect(await app.call('live_stock')).toBe(3);
  expect(sword).toHaveBeenCalledOnce();
  sword.mockRejectedValueOnce(new RangeError('stolen'));
  await expect(app.call('live_describe')).rejects.toThrow(RangeError);
});

test('a plugin that is mocked is not built, whatever is in its folder', async () => {
  const sources = await writeProject();
  await writeFile(join(sources, 'armory/index.ts'), 'export default {');
  const app = await mount(sources, { mocks: { Armory: { sword: async () => 'Needle' } } });
  expect(await app.call('live_describe')).toBe('north: Needle');
});

test('live functions have the types that the build wrote', async () => {
  const app = await mountPlugins<{ live_price(count: number): Promise<number> }>(await writeProject());
  onTestFinished(() => app.close());
  const price: number = await app.live.live_price(1);
  expect(price).toBe(21);
});

test.for([false, true])(
  'a web app is asked without a port, what it found in the data bag before its first hook (threads: %s)',
  async (threads) => {
    const app = await mount(await writeProject(), { threads, dataBag: { stock: 7 } });
    const response = await app.fetch('http://localhost/orders');
    expect(await response.text()).toBe('/orders 7');
    expect(await (await app.fetch(new Request('http://shop/'), { plugin: 'counter' })).text()).toBe('/ 7');
  },
);

test('an extension may be an object or a function', async () => {
  const sources = await writeProject();
  for (const extension of [{ name: () => 'host' }, () => ({ name: () => 'host' })]) {
    const app = await mount(sources, { extension });
    expect(await app.call('live_host')).toBe('host');
  }
});

test('live data is run as its newest class', async () => {
  const app = await mount(await writeProject());
  expect(await app.run(LiveData.of('Live_Order', { count: 3 }))).toBe(3);
});

test('plugins that cannot be mounted are refused by name, and leave nothing behind', async () => {
  const sources = await writeProject();
  const refused = async (options: object): Promise<unknown> =>
    mountPlugins(sources, options).catch((error: unknown) => error);
  expect(await refused({ only: ['pricing', 'forge', 'inn'] })).toMatchObject({
    code: 'PLUGIN_MISSING',
    missing: ['forge', 'inn'],
  });
  expect(await refused({ mocks: { armory: 'sword' } })).toMatchObject({
    code: 'OPTION_INVALID',
    option: 'mocks',
  });
  expect(await refused({ mock: {} })).toMatchObject({ message: expect.stringContaining('mocks') as string });
  expect(await refused({ threads: true, dataBag: { clock: () => 1 } })).toMatchObject({
    code: 'NOT_CLONEABLE',
  });
  expect(await readdir(join(sources, '..'))).not.toContainEqual(expect.stringMatching(/^\.plugins/));
});

test('any number of mounts live side by side, in threads and in process', async () => {
  const sources = await writeProject();
  const apps = await Promise.all([
    mount(sources, { data: { rate: 1 } }),
    mount(sources, { data: { rate: 2 } }),
    mount(sources, { data: { rate: 3 }, threads: true }),
  ]);
  expect(await Promise.all(apps.map((app) => app.call('live_price', 1)))).toEqual([21, 42, 63]);
});

test('an edit is made in a copy and live after a reload; a job that runs ends where it began', async () => {
  const sources = await writeProject();
  const app = await mount(sources, { threads: true });
  const path = 'pricing/index.ts';
  await app.edit(path, (text) => text.replace('count * 21', 'count * 20'));
  expect(await app.reload()).toMatchObject({ pricing: 'ok', armory: 'unchanged' });
  expect(await app.call('live_price', 1)).toBe(20);
  expect(await app.call('live_describe')).toBe('north: Ice');
  expect(await readFile(join(sources, path), 'utf8')).toContain('count * 21');
  await app.close();
  expect(await readdir(join(sources, '..'))).not.toContainEqual(expect.stringMatching(/^\.plugins/));
});

test('edit and reload without threads say what to do', async () => {
  const app = await mount(await writeProject());
  await expect(app.reload()).rejects.toMatchObject({
    code: 'STATIC_LINKING',
    message: expect.stringContaining('{ threads: true }') as string,
  });
  await expect(app.edit('pricing/index.ts', () => '')).rejects.toMatchObject({ code: 'STATIC_LINKING' });
});

test('the stack of a failing plugin names the line of its TypeScript', async () => {
  const app = await mount(await writeProject());
  const error = await app.call('live_fail').catch((cause: unknown) => cause as Error);
  expect((error as Error).stack).toMatch(/pricing\/index\.ts:\d+/);
});

test('fake timers of the test do not stop it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const app = await mount(await writeProject());
  expect(await app.call('live_price', 2)).toBe(42);
  await app.close();
});

test('sources that do not build are refused with their findings, and leave nothing behind', async () => {
  const sources = await writeProject();
  await writeFile(join(sources, 'pricing/index.ts'), 'export default {');
  await expect(mountPlugins(sources)).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  expect(await readdir(join(sources, '../node_modules/.cache/liveswap'))).toEqual([]);
});
