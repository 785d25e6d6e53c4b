import { expect, test } from 'vitest';
import { LiveData } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a front that calls the back in every way; both answer with their release. */
const release = (number: number): PluginText[] => [
  {
    name: 'back',
    live: {
      live_back: `() => ${number}`,
      live_tell: `async (tell) => tell()`,
    },
    types: {
      Live_Order: `class Live_Order { async handle() { return [${number}, await context.vault.call('live_back')]; } }`,
    },
    exports: { far: `async () => [${number}, await context.vault.call('live_back')]` },
  },
  {
    name: 'front',
    imports: ['back'],
    live: {
      live_vault: `async () => [${number}, await context.vault.call('live_back')]`,
      live_table: `async () => [${number}, await context.vault.live.live_back()]`,
      live_run: `async (order) => [${number}, ...(await context.vault.run(order))]`,
      live_import: `async () => [${number}, ...(await callImport('back', 'far', []))]`,
      live_callback: `async () => [${number}, await context.vault.call('live_tell', () => context.vault.call('live_back'))]`,
      live_extension: `async () => [${number}, ...(await context.vault.extension.ask())]`,
      live_deep: `async () => [${number}, ...(await context.vault.call('live_vault'))]`,
    },
    functions: {
      tell: 'async (back) => back()',
      ask: `async () => [${number}, await context.vault.call('live_back')]`,
    },
  },
];

test('the calls of a pinned call stay where it is pinned, in whatever way it calls', async () => {
  const folder = await tempFolder();
  await deploy(folder, ...release(1));
  const swapper = openSwapper(folder, {
    extension: () => ({
      ask: async () => [await swapper.call('live_back'), await swapper.call('live_back')],
    }),
  });
  await swapper.load();
  const session = swapper.pin();
  await deploy(folder, ...release(2));
  await swapper.reload();
  const order = JSON.stringify(LiveData.of('Live_Order', {}));
  const ways = ['vault', 'table', 'import', 'callback', 'extension', 'deep'].map((way) => `live_${way}`);
  const ask = async (caller: { call: typeof swapper.call; run: typeof swapper.run }): Promise<unknown[]> => {
    const answers = await Promise.all([
      ...ways.map((way) => caller.call(way)),
      caller.call('live_run', order),
      caller.run(order),
    ]);
    return answers.flat();
  };
  expect(new Set(await ask(session))).toEqual(new Set([1]));
  expect(new Set(await ask(swapper))).toEqual(new Set([2]));
  const back = (): Promise<unknown> => swapper.call('live_back');
  expect(await session.call('live_tell', back)).toBe(1);
  expect(await swapper.call('live_tell', back)).toBe(2);
  expect(await session.plugin('front').invoke('ask')).toEqual([1, 1]);
  expect(await swapper.current.plugin('front').invoke('ask')).toEqual([2, 2]);
  await session.release();
});

test('work of the host after the pinned call was answered is no longer pinned', async () => {
  const folder = await tempFolder();
  await deploy(folder, ...release(1));
  const later: (() => void)[] = [];
  const answers: Promise<unknown>[] = [];
  const swapper = openSwapper(folder, {
    extension: () => ({
      ask() {
        void new Promise<void>((resolve) => later.push(resolve)).then(() =>
          answers.push(swapper.call('live_back')),
        );
        return [];
      },
    }),
  });
  await swapper.load();
  const session = swapper.pin();
  await session.call('live_extension');
  await deploy(folder, ...release(2));
  await swapper.reload();
  for (const go of later) go();
  await expect.poll(() => answers).toHaveLength(1);
  expect(await answers[0]).toBe(2);
});

test('a pinned call stays where it is pinned although its session is released meanwhile', async () => {
  const folder = await tempFolder();
  await deploy(folder, ...release(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const session = swapper.pin();
  const go = deferred();
  const begun = deferred();
  const calls = [session.call('live_tell', back), session.plugin('front').invoke('tell', back)];
  async function back(): Promise<unknown> {
    begun.resolve();
    await go.promise;
    return swapper.call('live_back');
  }
  await begun.promise;
  await deploy(folder, ...release(2));
  await swapper.reload();
  await session.release();
  await expect(session.call('live_back')).rejects.toMatchObject({ code: 'CLOSED' });
  const retired = nextEvent(
    swapper,
    'version',
    ({ plugin, state }) => plugin === 'back' && state === 'retired',
  );
  go.resolve();
  expect(await Promise.all(calls)).toEqual([1, 1]);
  await retired;
});
