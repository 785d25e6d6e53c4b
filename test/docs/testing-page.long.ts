import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { mountPlugins } from '../../lib/testing/index.js';
import { deferred } from '../helpers/deferred.js';
import { blocksOf } from '../helpers/page-blocks.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const blocks = blocksOf('docs/testing.md').map(({ text }) => text);
const blockWith = (what: string): string => blocks.find((text) => text.includes(what)) ?? '';
const [pricing, web, importer] = ['live_price', 'app.fetch', 'live_import'].map(blockWith) as [
  string,
  string,
  string,
];

/** Plugins as the page's blocks describe them. */
const plugins = {
  'plugins/armory/index.ts': `import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({ exports: { sword: async () => 'Ice' } });`,
  'plugins/pricing/index.ts': `import { context, definePlugin, importPlugin } from 'liveswap/plugin';
    const armory = importPlugin<{ sword(): Promise<string> }>('armory');
    export default definePlugin({});
    export async function live_price(order: { count: number }) {
      const { dataBag, extension } = context.vault;
      await (extension as any).audit(await armory.sword() + ' in ' + await dataBag.get('currency'));
      return order.count * 21;
    }`,
  'plugins/web/index.ts': `import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({ http: { fetch: () => new Response('An order') } });`,
  'plugins/importer/index.ts': `import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({});
    export async function live_import(rows: () => Promise<void>) {
      await rows();
      return 'v1';
    }`,
};

/** Runs a block as the body of a test, with these values for the names that it leaves out. */
async function runBlock(text: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = await tempFolder();
  await writeFiles(folder, plugins);
  const body = text
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(`'plugins'`, JSON.stringify(join(folder, 'plugins')));
  const code = `export default async ({ ${Object.keys(values).join(', ')} }) => {\n${body}\n};`;
  const compiled = await transform(code, { loader: 'ts', format: 'esm', target: 'node20' });
  await writeFiles(folder, { 'block.mjs': compiled.code });
  const block = (await import(pathToFileURL(join(folder, 'block.mjs')).href)) as {
    default: (values: object) => Promise<void>;
  };
  await block.default(values);
}

test('the first block mocks what a plugin calls, and gives it what a host would', async () => {
  const entries: string[] = [];
  const bodies: (() => Promise<void>)[] = [];
  const declare = (_title: string, body: () => Promise<void>): number => bodies.push(body);
  await runBlock(pricing, { mountPlugins, expect, test: declare, entries, order: { count: 2 } });
  await Promise.all(bodies.map((body) => body()));
  expect(bodies).toHaveLength(1);
  expect(entries).toEqual(['Needle in gold']);
});

test('the block about fetch asks a web app without a port', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, plugins);
  const app = await mountPlugins(join(folder, 'plugins'), { only: ['web'] });
  onTestFinished(() => app.close());
  await runBlock(web, { app, expect });
});

test('the block about a reload lets a job end in the version where it began', async () => {
  let ended = false;
  const reloaded = deferred();
  const rows = (): Promise<void> => reloaded.promise.then(() => void (ended = true));
  // The job must be in progress until the reload is done: `await running` is what asks for its end.
  const watched = importer.replace('await running', '(reloaded(), await running)');
  expect(watched).not.toBe(importer);
  await runBlock(watched, { mountPlugins, expect, rows, reloaded: () => reloaded.resolve() });
  expect(ended).toBe(true);
});
