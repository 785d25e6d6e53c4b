import { expect, test } from 'vitest';
import { LiveData, type Swapper, type SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { Workshop } from '../helpers/workshop.js';

const room = { parameter: 0, path: [] };

/** Each function answers with the index of its thread. */
const tavern: PluginText = {
  name: 'tavern',
  live: {
    live_enter: '() => context.thread.index',
    live_serve: '() => context.thread.index',
    live_hold: 'async (room, go) => { await go(); return context.thread.index; }',
    live_burn: '() => { process.exit(3); }',
    live_anywhere: '() => context.thread.index',
  },
  exports: { enter: '() => context.thread.index' },
  functions: { enter: '() => context.thread.index' },
  affinity: {
    live_enter: room,
    live_hold: room,
    live_burn: room,
    enter: room,
    live_serve: { parameter: 1, path: ['room', 'name'] },
  },
};

const herald: PluginText = {
  name: 'herald',
  imports: ['tavern'],
  live: {
    live_send: "(room) => context.vault.call('live_enter', room)",
    live_bring: "(room) => callImport('tavern', 'enter', [room])",
  },
};

async function running(threads: number, options: SwapperOptions = {}) {
  const folder = await tempFolder();
  await deploy(folder, tavern, herald);
  const swapper = openSwapper(folder, { threads, ...options });
  await swapper.load();
  return { swapper, folder };
}

const rooms = Array.from({ length: 40 }, (_, index) => `room ${index}`);
const keys = [...rooms, 0, 1, 2, 17, -3.5, 12n, true, false, ''];

function homes(swapper: Swapper): Promise<unknown[]> {
  return Promise.all(keys.map((key) => swapper.call('live_enter', key)));
}

test.each([2, 3, 4])(
  'calls with the same key go to one of %i threads, and keys to all of them',
  async (threads) => {
    const { swapper } = await running(threads);
    const first = await homes(swapper);
    expect(new Set(first).size).toBe(threads);
    expect(await homes(swapper)).toEqual(first);
    const serve = (name: unknown): Promise<unknown> => swapper.call('live_serve', 'soup', { room: { name } });
    expect(await Promise.all(keys.map(serve))).toEqual(first);
    for (const way of ['live_send', 'live_bring'])
      expect(await Promise.all(keys.map((key) => swapper.call(way, key)))).toEqual(first);
    const handle = swapper.current.plugin('tavern');
    expect(await Promise.all(keys.map((key) => handle.invoke('enter', key)))).toEqual(first);
    const data = keys.map((name) => LiveData.of('Live_Order', { room: { name } }));
    expect(await Promise.all(data.map((order) => swapper.call('live_serve', 'soup', order)))).toEqual(first);
    const session = swapper.pin();
    expect(await Promise.all(keys.map((key) => session.call('live_enter', key)))).toEqual(first);
    await session.release();
  },
);

test('a call without a key goes where there is room', async () => {
  const { swapper } = await running(2);
  for (const none of [undefined, null, {}, []]) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => swapper.call('live_enter', none)));
    expect(new Set(answers).size).toBe(2);
  }
  expect(await swapper.call('live_serve', 'soup')).toEqual(expect.any(Number));
});

test('a call waits for the thread of its key when that is full, and others pass it', async () => {
  const { swapper } = await running(2, { concurrency: 1 });
  const home = await swapper.call('live_enter', 'cellar');
  const done = deferred<void>();
  const held = swapper.call('live_hold', 'cellar', () => done.promise);
  let isIn = false;
  const waiting = swapper.call('live_enter', 'cellar').then((index) => {
    isIn = true;
    return index;
  });
  for (let count = 0; count < 5; count++) expect(await swapper.call('live_anywhere')).toBe(1 - Number(home));
  expect(isIn).toBe(false);
  done.resolve();
  expect(await Promise.all([held, waiting])).toEqual([home, home]);
});

test('when a thread dies its keys wait for the one that replaces it, and the others stay', async () => {
  const { swapper } = await running(3);
  const first = await homes(swapper);
  await expect(swapper.call('live_burn', keys[0])).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  const ways = ['live_enter', 'live_send', 'live_bring'];
  for (const way of ways) expect(await Promise.all(keys.map((key) => swapper.call(way, key)))).toEqual(first);
});

test('a thread that is recycled hands its keys to the one that takes its place, while calls go on', async () => {
  const { swapper } = await running(2, { recycle: { calls: 20 } });
  const first = await homes(swapper);
  let replaced = 0;
  swapper.on('threadReplaced', () => void replaced++);
  while (replaced < 2) expect(await homes(swapper)).toEqual(first);
  expect(await homes(swapper)).toEqual(first);
});

test('a pinned session finds the thread of a key again that died while its version drains', async () => {
  const { swapper, folder } = await running(2);
  const session = swapper.pin();
  const home = await session.call('live_enter', 'cellar');
  await deploy(folder, { ...tavern, module: '// The next.' });
  await swapper.reload();
  await expect(session.call('live_burn', 'cellar')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await session.call('live_enter', 'cellar')).toBe(home);
  await session.release();
});

test('after a reload the same key has one thread again, by what the new code says the key is', async () => {
  const { swapper, folder } = await running(2, { concurrency: 1 });
  const done = deferred<void>();
  const held = ['a', 'b', 'c', 'd'].map((key) => swapper.call('live_hold', key, () => done.promise));
  const waiting = keys.map((key) => swapper.call('live_enter', 'x', key));
  await deploy(folder, {
    ...tavern,
    module: '// The next.',
    affinity: { ...tavern.affinity, live_enter: { parameter: 1, path: [] } },
  });
  await swapper.reload();
  done.resolve();
  await Promise.all(held);
  expect(new Set(await Promise.all(waiting)).size).toBe(2);
  const again = (): Promise<unknown[]> =>
    Promise.all(keys.map((key, at) => swapper.call('live_enter', at, key)));
  expect(await again()).toEqual(await again());
});

test('the tag of a live function that was built says where its key is', async () => {
  const workshop = await Workshop.open({
    tavern: {
      'index.ts': `import { context, definePlugin } from 'liveswap/plugin';
        /** @affinity order.room keeps the orders of a room in their order */
        export async function live_serve(dish: string, order: { room: string }): Promise<string> {
          return dish + order.room + context.thread.index;
        }
        export default definePlugin({});`,
    },
  });
  const swapper = openSwapper(workshop.outDir, { threads: 2 });
  await swapper.load();
  const serve = (name: string): Promise<unknown> => swapper.call('live_serve', '', { room: name });
  const ask = (name: string): Promise<unknown[]> => Promise.all(Array.from({ length: 6 }, () => serve(name)));
  const seen = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(ask));
  for (const answers of seen) expect(new Set(answers).size).toBe(1);
  expect(new Set(seen.map(([answer]) => String(answer).slice(-1))).size).toBe(2);
}, 60_000);
