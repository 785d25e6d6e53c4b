import { describe, expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client } from '../helpers/web-socket-client.js';

/** Reads the count, and writes it only after the host lets it go on. */
const sell = `async () => {
  const seen = count;
  context.yielding.addEventListener('abort', () => void context.vault.extension.yielding());
  await context.vault.extension.mayGoOn();
  count = seen + 1;
  return count + ' in ' + thread;
}`;

/** A till that hands its count from thread to thread. */
const till: PluginText = {
  name: 'till',
  exclusive: true,
  readonly: ['live_watch'],
  module: `let count = 0; const thread = Math.random().toString(36); const sell = ${sell};`,
  live: {
    live_sell: 'sell',
    live_add: '() => { count++; }',
    live_count: '() => count',
    live_thread: '() => thread',
    live_hang: '() => new Promise(() => {})',
    live_watch: 'async () => { await context.vault.extension.mayGoOn(); return thread; }',
  },
  hooks: { onActive: '(previous) => { count = previous ?? 0; }', onYield: '() => count' },
  http: `{
    fetch: async () => new Response(await sell()),
    websocket: { message: async (peer) => { peer.send(await sell()); } },
  }`,
};

const echo: PluginText = { name: 'echo', live: { live_echo: '() => {}' } };

async function open(
  options: SwapperOptions,
  more: Partial<PluginText> = {},
): Promise<{ swapper: Swapper; reached: Promise<void>; yielding: Promise<void>; goOn: () => void }> {
  const [reached, gate, yielding] = [deferred(), deferred(), deferred()];
  const folder = await tempFolder();
  await deploy(folder, { ...till, ...more }, echo);
  const extension = {
    yielding: () => yielding.resolve(),
    mayGoOn: () => {
      reached.resolve();
      return gate.promise;
    },
  };
  // With this option, the swapper looks every 10 ms for threads to replace.
  const swapper = openSwapper(folder, { abandonedMs: 40, extension: () => extension, ...options });
  await swapper.load();
  return { swapper, reached: reached.promise, yielding: yielding.promise, goOn: () => gate.resolve() };
}

describe('where a thread of an exclusive plugin is recycled', () => {
  test.each(['requests', 'messages'] as const)(
    '%s wait: what runs ends in the old thread, what comes is answered by the new one',
    async (what) => {
      const { swapper, reached, yielding, goOn } = await open({ recycle: { calls: 1 } });
      const { url } = await openServer(swapper);
      const clients = await Promise.all([Client.open(url), Client.open(url)]);
      const ask = async (at: 0 | 1): Promise<string> =>
        what === 'messages' ? clients[at].ask('sell') : (await fetch(url)).text();
      const first = ask(0);
      await reached;
      const recycled = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'recycled');
      const old = await swapper.call('live_thread');
      await yielding;
      const second = ask(1);
      goOn();
      expect(await first).toBe(`1 in ${old}`);
      await recycled;
      // Each thread is recycled after a call: on a slow machine, the third answer is of another one than the second.
      const later = [await second, await ask(0)];
      expect(later).toEqual([expect.stringMatching(/^2 in /), expect.stringMatching(/^3 in /)]);
      expect(later.join()).not.toContain(old);
    },
  );

  test('a call that only reads is not waited for, and ends in the old thread', async () => {
    const { swapper, reached, goOn } = await open({ recycle: { calls: 1 }, yieldMs: 60_000 });
    const recycled = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'recycled');
    const watch = swapper.call('live_watch');
    await reached;
    await recycled;
    const next = await swapper.call('live_thread');
    goOn();
    expect(await watch).not.toBe(next);
  });

  test('calls that its onActive makes reach the new thread', async () => {
    const onActive =
      "async (previous) => { count = previous ?? 0; if (context.cause === 'recycle') await context.vault.call('live_add'); }";
    const { swapper } = await open({ recycle: { calls: 1 } }, { hooks: { ...till.hooks, onActive } });
    const recycled = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'recycled');
    await swapper.call('live_add');
    await recycled;
    expect(await swapper.call('live_count')).toBe(2);
  });
});

test('a thread that cannot yield answers calls again when its onActive has ended', async () => {
  const hooks = {
    onActive: `async () => {
      if (context.cause === 'recycle') await context.vault.extension.mayGoOn();
      count = 1;
    }`,
    onYield: '() => { count = 0; throw new RangeError("no gate"); }',
  };
  const { swapper, reached, goOn } = await open({ recycle: { calls: 1 } }, { hooks });
  await swapper.call('live_count');
  await reached;
  const counted = swapper.call('live_count');
  // In this time, it would be answered if it did not wait.
  for (let turn = 0; turn < 50; turn++) await swapper.call('live_echo');
  goOn();
  expect(await counted).toBe(1);
});

test('where two plugins call each other in onYield, their threads are recycled one after the other', async () => {
  const folder = await tempFolder();
  const gates = { red: deferred(), blue: deferred() };
  const yielding = deferred();
  /** A plugin that is recycled once its call has ended, and asks the other one when it yields. */
  const caller = (name: 'red' | 'blue', other: string): PluginText => ({
    name,
    exclusive: true,
    module: 'const thread = Math.random().toString(36);',
    live: {
      [`live_${name}`]: '() => thread',
      [`live_${name}Waits`]: `async () => {
        context.yielding.addEventListener('abort', () => void context.vault.extension.yielding());
        await context.vault.extension.mayGoOn('${name}');
        return thread;
      }`,
    },
    hooks: { onYield: `async () => { await context.vault.call('live_${other}'); }` },
  });
  await deploy(folder, caller('red', 'blue'), caller('blue', 'red'), echo);
  const extension = {
    yielding: () => yielding.resolve(),
    mayGoOn: (name: 'red' | 'blue') => gates[name].promise,
  };
  const swapper = openSwapper(folder, {
    abandonedMs: 40,
    yieldMs: 3_000,
    plugins: { red: { recycle: { calls: 1 } }, blue: { recycle: { calls: 1 } } },
    extension: () => extension,
  });
  await swapper.load();
  const crashes: unknown[] = [];
  swapper.on('threadCrashed', ({ error }) => crashes.push(error));
  const recycled = ['red', 'blue'].map((name) =>
    nextEvent(swapper, 'threadReplaced', ({ plugin, reason }) => plugin === name && reason === 'recycled'),
  );
  const waiting = [swapper.call('live_redWaits'), swapper.call('live_blueWaits')];
  await yielding.promise;
  // In this time, the other one would close its gate, too, if it did not wait.
  for (let turn = 0; turn < 50; turn++) await swapper.call('live_echo');
  gates.red.resolve();
  gates.blue.resolve();
  await Promise.all([...waiting, ...recycled]);
  expect(crashes).toEqual([]);
});

test('a thread that holds a call which was given up hands over when the others that it has are done', async () => {
  const { swapper, reached, yielding, goOn } = await open({});
  const replaced = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'abandoned');
  const sold = swapper.call('live_sell');
  await reached;
  await expect(swapper.with({ timeoutMs: 1 }).call('live_hang')).rejects.toMatchObject({
    code: 'CALL_TIMEOUT',
  });
  await yielding;
  // In this time, the version would yield if it did not wait.
  for (let turn = 0; turn < 50; turn++) await swapper.call('live_echo');
  goOn();
  await sold;
  await replaced;
  expect(await swapper.call('live_count')).toBe(1);
});
