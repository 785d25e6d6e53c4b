import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = {
  name: 'guardian',
  live: {
    live_respond: `() => {
      let i = 0;
      const pull = async (c) => { await new Promise((r) => setTimeout(r, 5)); i++ === 12 ? c.close() : c.enqueue('x'); };
      const body = new ReadableStream({ pull }, { highWaterMark: 0 });
      return transfer({ status: 200, body }, [body]);
    }`,
    live_die: '() => process.exit(3)',
    live_count: 'async ({ rows }) => { let n = 0; for await (const _row of rows) n++; return n; }',
  },
};

type Answer = { readonly body: ReadableStream<string> };

test('a stream inside of a value is read to its end, also when its version is replaced meanwhile', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const { body } = (await swapper.call('live_respond')) as Answer;
  await deploy(folder, { ...guardian, live: { ...guardian.live, live_new: '() => 1' } });
  await swapper.reload();
  let chunks = 0;
  for await (const _chunk of body) chunks++;
  expect(chunks).toBe(12);
});

test('it fails when its thread dies', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const { body } = (await swapper.call('live_respond')) as Answer;
  const reader = body.getReader();
  await reader.read();
  await expect(swapper.call('live_die')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect(reader.read()).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
});

test('so it is as an argument', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  expect(await swapper.call('live_count', { rows: ReadableStream.from([1, 2, 3]) })).toBe(3);
});
