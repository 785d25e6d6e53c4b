import { expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** A till that keeps what it sells, and saves that every few milliseconds. */
const till: PluginText = {
  name: 'till',
  exclusive: true,
  module: `
const sold = new Map();
const root = { root: sold, made: [], upcast: undefined, saveMs: 5 };
export const keptRoots = { roots: new Map([['sold', root]]), registered: new Map() };
const thread = Math.random();
`,
  live: {
    live_sell: '(what) => void sold.set(what, 1)',
    live_sold: '() => [...sold.keys()]',
    live_loop: '() => { for (;;); }',
    live_hang: 'async () => { context.waitUntil(new Promise(() => {})); await new Promise(() => {}); }',
  },
  hooks: {
    onActive: '() => context.vault.extension.enter(thread)',
    onYield: `async () => {
      const isDeadly = await context.vault.extension.leave(thread);
      if (isDeadly && context.cause === 'recycle') process.exit(3);
    }`,
  },
};

interface Till {
  readonly swapper: Swapper;
  /** The threads that are active. */
  readonly active: ReadonlySet<number>;
}

/** With \`isDeadly\`, a thread that is recycled dies when it yields. */
async function open(options: SwapperOptions, isDeadly = false): Promise<Till> {
  const folder = await tempFolder();
  await deploy(folder, till);
  const active = new Set<number>();
  const extension = {
    enter: (thread: number) => void active.add(thread),
    leave(thread: number) {
      active.delete(thread);
      return isDeadly;
    },
  };
  const swapper = openSwapper(folder, { extension: () => extension, yieldMs: 200, ...options });
  // Only one thread may be active: the one that dies.
  swapper.on('threadCrashed', () => active.clear());
  await swapper.load();
  await swapper.call('live_sell', 'ice');
  const since = Date.now();
  const savedAt = (): number => Number(swapper.stats().plugins[0]?.versions[0]?.savedAt);
  await expect.poll(() => savedAt() > since).toBe(true);
  return { swapper, active };
}

test('a thread that dies while it is recycled is replaced once, and the latest copy of its state is not lost', async () => {
  const { swapper, active } = await open({ recycle: { calls: 3 } }, true);
  const reasons: string[] = [];
  swapper.on('threadReplaced', ({ reason }) => reasons.push(reason));
  const recycled = nextEvent(swapper, 'threadReplaced');
  for (let call = 0; call < 2; call++) await swapper.call('live_sold');
  await recycled;
  expect(await swapper.call('live_sold')).toEqual(['ice']);
  expect(swapper.stats().plugins[0]?.versions[0]?.threads).toHaveLength(1);
  expect(reasons).toEqual(['recycled']);
  expect(active.size).toBe(1);
});

test.each(['live_loop', 'live_hang'] as const)(
  'a thread that is replaced because of %s goes on with nothing, and its state is not lost',
  async (call) => {
    const { swapper, active } = await open({ abandonedMs: 40 });
    const replaced = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'abandoned');
    await expect(swapper.with({ timeoutMs: 100 }).call(call)).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    await replaced;
    expect(await swapper.call('live_sold')).toEqual(['ice']);
    expect(active.size).toBe(1);
  },
);
