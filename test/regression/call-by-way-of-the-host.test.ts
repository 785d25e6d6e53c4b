import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = {
  name: 'guardian',
  live: {
    live_outer: '() => context.vault.extension.ask()',
    live_through: '(back) => back()',
    live_sum: 'async (rows) => { let sum = 0; for await (const row of rows) sum += row; return sum; }',
    live_inner: '() => 7',
  },
};

async function open(): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper: Swapper = openSwapper(folder, {
    concurrency: 1,
    extension: () => ({ ask: async () => swapper.call('live_inner') }),
  });
  await swapper.load();
  return swapper;
}

test('a plugin reaches itself through the extension although every place is taken', async () => {
  expect(await (await open()).call('live_outer')).toBe(7);
});

test('and through a call-back of the host', async () => {
  const swapper = await open();
  expect(await swapper.call('live_through', async () => swapper.call('live_inner'))).toBe(7);
});

test('and through an iterator of the host that it pulls', async () => {
  const swapper = await open();
  async function* rows(): AsyncGenerator<unknown> {
    yield await swapper.call('live_inner');
    yield await swapper.call('live_inner');
  }
  expect(await swapper.call('live_sum', rows())).toBe(14);
});
