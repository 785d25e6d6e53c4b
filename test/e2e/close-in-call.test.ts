import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Opens a guardian that closes the swapper in several ways, and an armory that it calls directly. */
async function openPost(): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(
    folder,
    {
      name: 'guardian',
      imports: ['armory'],
      live: {
        live_close: 'async () => `${await context.vault.extension.close()}, then this`',
        live_closeByVault: "async () => `${await context.vault.call('live_close')}, then that`",
        live_closeByImport: "async () => `${await callImport('armory', 'close', [])}, then that`",
        live_closeBy: 'async (close) => `${await close()}, then this`',
        live_rest: '(ms) => new Promise((done) => setTimeout(done, ms, "rested"))',
        live_rounds: 'async function* () { for (let round = 1; ; round++) yield round; }',
        live_stream: '() => new ReadableStream({ pull(to) { to.enqueue("x"); } })',
      },
    },
    { name: 'armory', exports: { close: '() => context.vault.extension.close()' } },
  );
  const swapper: Swapper = openSwapper(folder, {
    extension: () => ({ close: () => swapper.close().then(() => 'closed') }),
  });
  await swapper.load();
  return swapper;
}

test.for([
  ['a method of the extension', 'live_close', 'closed, then this'],
  ['a live function that does', 'live_closeByVault', 'closed, then this, then that'],
  ['another plugin that does', 'live_closeByImport', 'closed, then that'],
] as const)(
  'a call that closes the swapper by %s is answered, when all else is done',
  async ([, name, answer]) => {
    const swapper = await openPost();
    const order: unknown[] = [];
    const rests = swapper.call('live_rest', 200).then((text) => order.push(text));
    const closes = swapper.call(name).then((text) => order.push(text));
    await Promise.all([rests, closes]);
    expect(order).toEqual(['rested', answer]);
    await swapper.close();
    expect(swapper.stats().plugins.flatMap(({ versions }) => versions)).toEqual([]);
  },
);

test('a call that closes the swapper by a call-back is answered, too', async () => {
  const swapper = await openPost();
  const close = (): Promise<string> => swapper.close().then(() => 'closed');
  expect(await swapper.call('live_closeBy', close)).toBe('closed, then this');
  await swapper.close();
});

test.for(['live_rounds', 'live_stream'])('closing inside a loop over %s ends the loop', async (name) => {
  const swapper = await openPost();
  const rounds = (await swapper.call(name)) as AsyncIterable<unknown>;
  const loop = async (): Promise<void> => {
    for await (const _round of rounds) await swapper.close();
  };
  await expect(loop()).rejects.toMatchObject({ code: 'CLOSED' });
});

test('a reader that reads on while the swapper closes reads to the end', async () => {
  const swapper = await openPost();
  const rounds = (await swapper.call('live_rounds')) as AsyncGenerator<number>;
  await rounds.next();
  let closed = false;
  const closing = swapper.close().then(() => {
    closed = true;
  });
  for (let read = 0; read < 3; read++) {
    expect(await rounds.next()).toMatchObject({ done: false });
  }
  expect(closed).toBe(false);
  await rounds.return(undefined);
  await closing;
});
