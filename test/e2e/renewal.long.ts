import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openJournal } from '../helpers/journal.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Deploys a guardian that counts its calls, and an armory that calls it directly. */
async function deployPost(folder: string): Promise<() => string[]> {
  const journal = openJournal(folder);
  await deploy(
    folder,
    {
      name: 'guardian',
      module: `${journal.code} let served = 0; const heap = [];`,
      hooks: { onFree: "() => note('freed')" },
      exports: {
        count: '() => ++served',
        sleep: '(port) => new Promise((wake) => port.once("message", wake))',
      },
      live: {
        live_count: '() => ++served',
        live_hang: '() => new Promise(() => {})',
        live_spin: '() => { for (;;); }',
        live_wait:
          '(port) => new Promise((done) => port.once("message", () => { port.close(); done("done"); }))',
        live_hoard: '(mb) => { for (let at = 0; at < mb; at++) heap.push(new Array(131_072).fill(at)); }',
      },
    },
    {
      name: 'armory',
      imports: ['guardian'],
      live: { live_ask: "() => callImport('guardian', 'count', [])" },
    },
  );
  return () => journal.take();
}

test.for(['live_hang', 'live_spin'])(
  'a thread that holds a call of %s that was given up is replaced, and the next call is answered',
  async (hangs) => {
    const folder = await tempFolder();
    await deployPost(folder);
    const swapper = openSwapper(folder, {
      abandonedMs: 100,
      concurrency: 1,
      crashLoop: { crashes: 1 },
      freeMs: 300,
    });
    await swapper.load();
    const replaced = nextEvent(swapper, 'threadReplaced');
    const crashes: unknown[] = [];
    swapper.on('threadCrashed', (event) => crashes.push(event));
    await expect(swapper.with({ timeoutMs: 50 }).call(hangs)).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(await swapper.call('live_count')).toBe(1);
    expect(await replaced).toMatchObject({ plugin: 'guardian', thread: 0, reason: 'abandoned' });
    expect(await swapper.call('live_ask')).toBe(2);
    expect(crashes).toEqual([]);
    expect(swapper.stats()).toMatchObject({ abandoned: 1, crashes: 0 });
    await swapper.close();
  },
);

test('a thread that is replaced so ends what else it has, and then frees itself', async () => {
  const folder = await tempFolder();
  const take = await deployPost(folder);
  const swapper = openSwapper(folder, { abandonedMs: 50 });
  await swapper.load();
  const { port1, port2 } = new MessageChannel();
  const waits = swapper.with({ transfer: [port2] }).call('live_wait', port2);
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper
    .with({ timeoutMs: 10 })
    .call('live_hang')
    .catch(() => {});
  await replaced;
  const guardian = (): unknown =>
    swapper.stats().plugins.find(({ plugin }) => plugin === 'guardian')?.versions[0];
  expect(guardian()).toMatchObject({
    threads: [
      { index: 0, state: 'serving', pending: 0 },
      { index: 0, state: 'leaving', pending: 2 },
    ],
    pending: [{ abandoned: false }, { abandoned: true }],
  });
  expect(take()).toEqual([]);
  port1.postMessage('wake up');
  expect(await waits).toBe('done');
  await expect.poll(() => take()).toEqual(['guardian/0 freed']);
  await expect.poll(guardian).toMatchObject({ threads: [{ state: 'serving' }], pending: [] });
});

test('a version that drains does not wait for calls that were given up long ago', async () => {
  const folder = await tempFolder();
  const take = await deployPost(folder);
  const swapper = openSwapper(folder, { abandonedMs: 50 });
  await swapper.load();
  await swapper
    .with({ timeoutMs: 10 })
    .call('live_hang')
    .catch(() => {});
  await swapper.close();
  expect(take()).toContain('guardian/0 freed');
});

test.for([
  ['calls', { calls: 3 }],
  ['age', { ageMs: 200 }],
  ['heap', { heapMb: 64 }],
] as const)(
  'threads that have reached the %s are replaced one by one, and no call is lost',
  async ([, recycle]) => {
    const folder = await tempFolder();
    await deployPost(folder);
    const swapper = openSwapper(folder, { threads: 2, recycle });
    await swapper.load();
    let left = 2;
    const fewest: number[] = [];
    swapper.on('threadReplaced', ({ plugin, reason }) => {
      if (plugin === 'guardian' && reason === 'recycled') left--;
      const { threads } = swapper.stats().plugins.find((one) => one.plugin === plugin)!.versions[0]!;
      fewest.push(threads.filter(({ state }) => state === 'serving').length);
    });
    while (left > 0)
      await Promise.all([
        swapper.call('live_hoard', 8),
        swapper.call('live_ask'),
        swapper.call('live_count'),
      ]);
    expect(Math.min(...fewest)).toBe(2);
    expect(swapper.stats().recycled).toBeGreaterThanOrEqual(2);
  },
);
