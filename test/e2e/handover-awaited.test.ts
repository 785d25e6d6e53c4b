import { describe, expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const watch = 'async () => { await context.vault.extension.mayGoOn(); return release; }';

/** Returns a tower whose watch goes on until the host lets it end. */
const tower = (release: number): PluginText => ({
  name: 'tower',
  exclusive: true,
  readonly: ['live_watch', 'watch', 'look'],
  module: `const release = ${release}; let told = 0;`,
  live: {
    live_watch: watch,
    live_release: '() => release',
    live_signal: '() => { context.waitUntil(context.vault.extension.mayGoOn()); return release; }',
    live_isYielding: '() => context.yielding.aborted',
    live_tell: 'async function* () { for (;;) yield `${release}: ${++told}`; }',
  },
  exports: { watch },
  functions: { look: watch },
  http: `{
    fetch: () => new Response(new ReadableStream({
      async start(out) {
        out.enqueue(new TextEncoder().encode(release + ' begins;'));
        await context.vault.extension.mayGoOn();
        out.enqueue(new TextEncoder().encode(release + ' ends;'));
        out.close();
      },
    })),
  }`,
});

const scout: PluginText = {
  name: 'scout',
  imports: ['tower'],
  live: {
    live_byImport: '() => callImport("tower", "watch", [])',
    live_byVault: '() => context.vault.call("live_watch")',
  },
};

async function open(): Promise<{
  folder: string;
  swapper: Swapper;
  reached: Promise<void>;
  goOn: () => void;
}> {
  const [reached, gate] = [deferred(), deferred()];
  const folder = await tempFolder();
  await deploy(folder, tower(1), scout);
  const swapper = openSwapper(folder, {
    extension: () => ({
      mayGoOn: () => {
        reached.resolve();
        return gate.promise;
      },
    }),
  });
  await swapper.load();
  return { folder, swapper, reached: reached.promise, goOn: () => gate.resolve() };
}

type Ask = (swapper: Swapper) => Promise<unknown>;

const ways: readonly (readonly [who: string, ask: Ask])[] = [
  ['the host', (swapper) => swapper.call('live_watch')],
  ['the host, of the plugin itself', (swapper) => swapper.current.plugin('tower').invoke('look')],
  ['another plugin', (swapper) => swapper.call('live_byVault')],
  ['a plugin that imports it', (swapper) => swapper.call('live_byImport')],
  [
    'a pinned session',
    async (swapper) => {
      const session = swapper.pin();
      const answer = await session.call('live_watch');
      await session.release();
      return answer;
    },
  ],
];

describe('a hand-over does not wait for', () => {
  test.each(ways)('a call that only reads, of %s: it ends in the old version', async (_who, ask) => {
    const { folder, swapper, reached, goOn } = await open();
    const watched = ask(swapper);
    await reached;
    await deploy(folder, tower(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
    goOn();
    expect(await watched).toBe(1);
  });

  test('an iterator once the function has returned: it ends on the state of the old version', async () => {
    const { folder, swapper } = await open();
    const told = (await swapper.call('live_tell')) as AsyncGenerator<string>;
    expect(await told.next()).toMatchObject({ value: '1: 1' });
    await deploy(folder, tower(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
    expect(await told.next()).toMatchObject({ value: '1: 2' });
    await told.return(undefined);
  });

  test('the body of a response', async () => {
    const { folder, swapper, reached, goOn } = await open();
    const { url } = await openServer(swapper);
    const response = await fetch(url);
    await reached;
    await deploy(folder, tower(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
    goOn();
    expect(await response.text()).toBe('1 begins;1 ends;');
  });
});

test('a hand-over waits for a handler of Node’s kind until it answers, though it has returned; not for what it answers with', async () => {
  const { folder, swapper, reached, goOn } = await open();
  const gate = (release: number): PluginText => ({
    name: 'gate',
    exclusive: true,
    module: `let opened = 0;
      const handle = (req, res) => {
        const seen = opened;
        context.vault.extension.mayGoOn().then(() => {
          opened = seen + 1;
          res.write('${release} ');
          if (req.url === '/once') res.end();
        });
      };`,
    live: { live_opened: '() => opened' },
    hooks: { onActive: '(previous) => { opened = previous ?? 0; }', onYield: '() => opened' },
    http: `{ [Symbol.for('liveswap.nodeHandler')]: handle }`,
  });
  await deploy(folder, gate(1));
  await swapper.reload();
  const { url } = await openServer(swapper, { mount: { '/': 'gate' } });
  const answers = Promise.all(['/once', '/on'].map((path) => fetch(new URL(path, url))));
  await reached;
  await deploy(folder, gate(2));
  const reloaded = swapper.reload();
  await expect
    .poll(() => swapper.stats().plugins.find(({ plugin }) => plugin === 'gate')?.versions.length)
    .toBe(2);
  goOn();
  const [once, on] = await answers;
  expect(await once?.text()).toBe('1 ');
  await reloaded;
  expect(await swapper.call('live_opened')).toBe(1);
  await on?.body?.cancel();
});

test('a hand-over waits for a promise that was given to waitUntil, and is refused when that takes too long', async () => {
  const { folder, swapper, reached, goOn } = await open();
  await swapper.call('live_signal');
  await reached;
  await deploy(folder, tower(2));
  const plugins = { tower: { yieldMs: 500 } };
  const impatient = openSwapper(folder, {
    plugins,
    extension: () => ({ mayGoOn: () => new Promise(() => {}) }),
  });
  await impatient.load();
  await impatient.call('live_signal');
  await deploy(folder, tower(3));
  await expect(impatient.reload()).rejects.toMatchObject({ cause: { code: 'YIELD_TIMEOUT', running: 1 } });
  // The version does not yield after all, so new calls are not told that it does.
  expect(await impatient.call('live_isYielding')).toBe(false);
  const reloaded = swapper.reload();
  await expect
    .poll(() => swapper.stats().plugins.find(({ plugin }) => plugin === 'tower')?.versions.length)
    .toBe(2);
  goOn();
  await reloaded;
  expect(await swapper.call('live_release')).toBe(3);
});
