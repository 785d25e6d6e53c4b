import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a release in which herald imports guardian; both answer with the release and the data of their load. */
const release = (number: number): PluginText[] => [
  {
    name: 'guardian',
    module:
      'let loaded; let calls = 0; let open; const gate = new Promise((resolve) => { open = resolve; });',
    exports: { release: `() => ${number}` },
    live: {
      live_guardian: `() => [${number}, loaded]`,
      live_count: '() => ++calls',
      live_wait: `async () => { await gate; return ${number}; }`,
      live_queued: `() => ${number}`,
      live_break: '() => process.exit(3)',
    },
    functions: { open: '() => open()' },
    hooks: { onLoad: '(data) => { loaded = data; }' },
  },
  {
    name: 'herald',
    imports: ['guardian'],
    live: { live_both: `async () => [${number}, await callImport("guardian", "release", [])]` },
  },
];

test('a rollback brings the generation before back, with its data; keep says how far it reaches', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder, { keep: 2 });
  await deploy(folder, ...release(1));
  await swapper.load('data 1');
  await expect(swapper.rollback()).rejects.toMatchObject({ cause: { code: 'ROLLBACK_UNAVAILABLE' } });
  for (const number of [2, 3, 4]) {
    await deploy(folder, ...release(number));
    await swapper.reload(`data ${number}`);
  }
  expect(await swapper.call('live_guardian')).toEqual([4, 'data 4']);
  expect(await swapper.rollback()).toEqual({ guardian: 'ok', herald: 'ok' });
  expect(await swapper.call('live_guardian')).toEqual([3, 'data 3']);
  await swapper.rollback();
  expect(await swapper.call('live_guardian')).toEqual([2, 'data 2']);
  expect(await swapper.call('live_both')).toEqual([2, 2]);
  await expect(swapper.rollback()).rejects.toMatchObject({ cause: { code: 'ROLLBACK_UNAVAILABLE' } });
  expect([swapper.current.id, swapper.reloads]).toEqual([6, 3]);
  // The artifacts on disk are the newest still.
  await swapper.reload('data 5');
  expect(await swapper.call('live_guardian')).toEqual([4, 'data 5']);
});

test('with keep 0 there is nothing to go back to', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder, { keep: 0 });
  await deploy(folder, ...release(1));
  await swapper.load();
  await deploy(folder, ...release(2));
  await swapper.reload();
  await expect(swapper.rollback()).rejects.toMatchObject({ cause: { code: 'ROLLBACK_UNAVAILABLE' } });
  expect(await swapper.call('live_both')).toEqual([2, 2]);
});

test('a rollback carries over what is the same in both generations', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder);
  const [guardian, herald] = release(1) as [PluginText, PluginText];
  await deploy(folder, guardian, herald);
  await swapper.load();
  await swapper.call('live_count');
  await deploy(folder, release(2)[1] as PluginText);
  await swapper.reload();
  expect(await swapper.rollback()).toEqual({ guardian: 'unchanged', herald: 'ok' });
  expect(await swapper.call('live_count')).toBe(2);
  expect(await swapper.call('live_both')).toEqual([1, 1]);
});

test('a pinned session stays in its generation, with all it imports, however many come after', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder);
  await deploy(folder, ...release(1));
  await swapper.load('data 1');
  const session = swapper.pin();
  for (const number of [2, 3, 4]) {
    await deploy(folder, ...release(number));
    await swapper.reload();
  }
  expect(await session.call('live_both')).toEqual([1, 1]);
  expect(await session.live()['live_guardian']?.()).toEqual([1, 'data 1']);
  expect(await session.with({ timeoutMs: 60_000 }).call('live_both')).toEqual([1, 1]);
  expect(session.plugin('guardian').state).toBe('active');
  expect(await swapper.call('live_both')).toEqual([4, 4]);
  // This also holds when its thread is replaced: the copy of its artifact is still there.
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(session.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await session.call('live_both')).toEqual([1, 1]);
  await replaced;
  // Versions between them may still be leaving.
  const own = session.plugin('guardian').hash.slice(0, 8);
  const retired = nextEvent(
    swapper,
    'version',
    ({ version, state }) => version === own && state === 'retired',
  );
  await session.release();
  await session.release();
  await retired;
  expect(session.plugin('guardian').state).toBe('retired');
  await expect(session.call('live_both')).rejects.toMatchObject({ code: 'CLOSED' });
});

test('calls that a session has made when it is released still finish in its generation', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder);
  await deploy(folder, ...release(1));
  await swapper.load();
  const session = swapper.pin();
  const old = session.plugin('guardian');
  const pending = session.call('live_wait');
  await deploy(folder, ...release(2));
  await swapper.reload();
  await old.invoke('open');
  await session.release();
  expect(await pending).toBe(1);
});

test('at a swap, calls that wait go to the newest code, unless they are pinned', async () => {
  const folder = await tempFolder();
  // One call at a time: everything behind it waits.
  const swapper = openSwapper(folder, { concurrency: 1 });
  const held = (number: number): PluginText => {
    const [guardian] = release(number) as [PluginText];
    return {
      ...guardian,
      live: { ...guardian.live, live_wait: `async (wait) => { await wait(); return ${number}; }` },
    };
  };
  await deploy(folder, held(1));
  await swapper.load();
  let letGo!: () => void;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const session = swapper.pin();
  const running = swapper.call('live_wait', () => gate);
  const queued = swapper.call('live_queued');
  const pinned = session.call('live_queued');
  await deploy(folder, held(2));
  await swapper.reload();
  // The first release is still busy: only the second can have answered.
  expect(await queued).toBe(2);
  letGo();
  expect(await running).toBe(1);
  expect(await pinned).toBe(1);
  await session.release();
});

test('a version that crash-loops takes the swapper back to the generation before', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder, { crashLoop: { crashes: 2, withinMs: 3_600_000 } });
  await deploy(folder, ...release(1));
  await swapper.load('data 1');
  const [guardian] = release(2) as [PluginText];
  await deploy(folder, guardian);
  const rolledBack = nextEvent(swapper, 'reloaded', ({ reason }) => reason === 'rollback');
  await swapper.reload('data 2');
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_break').catch(() => {});
  await replaced;
  await swapper.call('live_break').catch(() => {});
  expect(await rolledBack).toMatchObject({ details: { guardian: 'ok', herald: 'relinked' } });
  expect(await swapper.call('live_guardian')).toEqual([1, 'data 1']);
  expect(await swapper.call('live_both')).toEqual([1, 1]);
});

test('without autoRollback, or with nothing to go back to, a crash loop refuses the calls with the reason', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1, withinMs: 3_600_000 } });
  await deploy(folder, ...release(1));
  await swapper.load();
  const failed = nextEvent(swapper, 'version', ({ state }) => state === 'failed');
  await swapper.call('live_break').catch(() => {});
  await failed;
  await expect(swapper.call('live_guardian')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    plugin: 'guardian',
  });
  expect(swapper.current.plugin('guardian').state).toBe('failed');
});

test('a version that crash-loops while it is replaced takes nobody back', async () => {
  const folder = await tempFolder();
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1, withinMs: 3_600_000 } });
  await deploy(folder, ...release(1));
  await swapper.load();
  await deploy(folder, ...release(2));
  await swapper.reload();
  await deploy(folder, ...release(3));
  const onReload = async (): Promise<void> => {
    const failed = nextEvent(swapper, 'version', ({ state }) => state === 'failed');
    await swapper.call('live_break').catch(() => {});
    await failed;
  };
  await swapper.reload(undefined, { onReload });
  // After this reload, all that was to run after the change has run.
  expect(await swapper.reload()).toEqual({ guardian: 'unchanged', herald: 'unchanged' });
  expect(await swapper.call('live_both')).toEqual([3, 3]);
});
