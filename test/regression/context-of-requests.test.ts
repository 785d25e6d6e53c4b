import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('callbacks of a request run in its context, and the extension in none', async () => {
  const request = new AsyncLocalStorage<string>();
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    live: {
      live_ask: '(back) => back()',
      live_read: 'async (rows) => { for await (const row of rows) return row; }',
      live_extend: '() => context.vault.extension.who()',
    },
  });
  const swapper = openSwapper(folder, { extension: () => ({ who: () => request.getStore() ?? 'nobody' }) });
  await request.run('operator', () => swapper.load());
  async function* rows(): AsyncGenerator<string | undefined> {
    yield request.getStore();
  }
  const stream = (): ReadableStream =>
    new ReadableStream({ pull: (c) => c.enqueue(request.getStore()) }, { highWaterMark: 0 });
  const ask = (name: string): Promise<unknown[]> =>
    request.run(name, () =>
      Promise.all([
        swapper.call('live_ask', () => request.getStore()),
        swapper.call('live_read', rows()),
        swapper.call('live_read', stream()),
        swapper.call('live_extend'),
      ]),
    );
  expect(await Promise.all([ask('one'), ask('two')])).toEqual([
    ['one', 'one', 'one', 'nobody'],
    ['two', 'two', 'two', 'nobody'],
  ]);
});
