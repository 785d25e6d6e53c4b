import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('a reload repeats the registrations of an unchanged plugin, and nothing else that it called as it came up', async () => {
  const folder = await tempFolder();
  const onInit = `async ({ extension }) => {
    await extension.enqueue({ mail: 'welcome' });
    await extension.on('order', () => 'handled');
  }`;
  await deploy(folder, { name: 'guardian', hooks: { onInit } });
  const calls: string[] = [];
  const registered: (() => Promise<unknown>)[] = [];
  const swapper = openSwapper(folder, {
    extension: () => ({
      enqueue: () => void calls.push('enqueue'),
      on(_event: string, handler: () => Promise<unknown>) {
        calls.push('on');
        registered.push(handler);
      },
    }),
  });
  await swapper.load();
  await swapper.reload();
  await swapper.reload();
  expect(calls).toEqual(['enqueue', 'on', 'on', 'on']);
  expect(await Promise.all(registered.map((handler) => handler()))).toEqual([
    'handled',
    'handled',
    'handled',
  ]);
});
