import { expect, onTestFinished, test } from 'vitest';
import { openAdminPort } from '../../lib/cli/admin-port.js';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openJournal, type Journal } from '../helpers/journal.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a consumer that notes when it begins and ends. */
function consumer(journal: Journal, release: number, more: Partial<PluginText> = {}): PluginText {
  return {
    name: 'consumer',
    live: { live_release: `() => ${release}`, live_isActive: '() => context.active' },
    ...more,
    hooks: {
      onActive: `(previous) => note(\`${release} begins \${previous}\`)`,
      onYield: `() => { note('${release} ends'); return 'place of ${release}'; }`,
      ...more.hooks,
    },
    module: `${journal.code}
      const flag = async (name) => { while (!(await context.vault.dataBag.get(name))) await new Promise((go) => setTimeout(go, 2)); };`,
  };
}

async function open(
  options: SwapperOptions = {},
): Promise<{ folder: string; swapper: Swapper; journal: Journal }> {
  const folder = await tempFolder();
  return { folder, swapper: openSwapper(folder, options), journal: openJournal(folder) };
}

const broken = '() => { throw new RangeError("no gate"); }';

test('a version whose onYield was late is woken when it has ended, with its result: what it closes late is opened again', async () => {
  // Long enough for a busy machine to begin it.
  const { folder, swapper, journal } = await open({ yieldMs: 300 });
  const onYield = `async () => { note('1 is ending'); await flag('done'); note('1 ends'); return 'place'; }`;
  await deploy(folder, consumer(journal, 1, { hooks: { onYield } }));
  await swapper.load();
  await deploy(folder, consumer(journal, 2));
  const refused = swapper.reload().catch((error: unknown) => error);
  await expect.poll(() => journal.take().includes('consumer/0 1 is ending'), { timeout: 10_000 }).toBe(true);
  // This is later than yieldMs: by then, the reload is given up, and waits for the old version to be woken.
  setTimeout(() => void swapper.current.vault.dataBag.set('done', true), 500);
  expect(await refused).toMatchObject({ cause: { code: 'HOOK_FAILED', hook: 'onYield' } });
  expect(journal.take()).toEqual(['consumer/0 1 ends', 'consumer/0 1 begins place']);
  expect(await swapper.call('live_isActive')).toBe(true);
});

test('a version whose onYield returns what cannot be handed over goes on with it', async () => {
  const { folder, swapper, journal } = await open();
  const onYield = `() => ({ place: 7, find() {} })`;
  const onActive = `(previous) => { note(\`1 begins \${previous?.place}\`); }`;
  await deploy(folder, consumer(journal, 1, { hooks: { onActive, onYield } }));
  await swapper.load();
  await deploy(folder, consumer(journal, 2));
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: { code: 'HOOK_FAILED', hook: 'onYield', cause: { code: 'LIVE_DATA_INVALID' } },
  });
  expect(journal.take().filter((line) => line.includes('begins'))).toEqual([
    'consumer/0 1 begins undefined',
    'consumer/0 1 begins 7',
  ]);
});

test('if one thread cannot become active, the active ones yield again before the old version is woken', async () => {
  const { folder, swapper, journal } = await open({ threads: 2 });
  const each = { activeIn: '"thread"' };
  await deploy(folder, consumer(journal, 1, { hooks: each }));
  await swapper.load();
  journal.take();
  const onActive = `async () => { if (context.thread.index === 1) throw new RangeError('no gate'); await 1; note('2 begins'); }`;
  await deploy(folder, consumer(journal, 2, { hooks: { ...each, onActive } }));
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
  const lines = journal.take();
  expect(lines.slice(2, 4)).toEqual(['consumer/0 2 begins', 'consumer/0 2 ends']);
  expect(lines.slice(4).sort()).toEqual(['consumer/0 1 begins place of 1', 'consumer/1 1 begins place of 1']);
});

test('a version that cannot be woken is asleep, and hands over to the next one what it had handed over', async () => {
  const { folder, swapper, journal } = await open();
  const onActive = `async (previous) => { note(\`1 begins \${previous}\`); if (await context.vault.dataBag.get('locked')) throw new RangeError('locked'); }`;
  await deploy(folder, consumer(journal, 1, { hooks: { onActive } }));
  await swapper.load();
  await swapper.current.vault.dataBag.set('locked', true);
  await deploy(folder, consumer(journal, 2, { hooks: { onActive: broken } }));
  const failed = nextEvent(swapper, 'activeFailed');
  await expect(swapper.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
  expect(await failed).toMatchObject({ plugin: 'consumer', retryInMs: 1_000 });
  const activity = (): string | undefined => swapper.stats().plugins[0]?.versions[0]?.activity;
  expect(activity()).toBe('asleep');
  expect(await swapper.call('live_isActive')).toBe(false);
  const port = await openAdminPort(swapper, 0, '127.0.0.1');
  onTestFinished(() => port.close());
  const readiness = await fetch(new URL('/-/health', port.url));
  expect([readiness.status, await readiness.text()]).toEqual([503, 'not active: consumer\n']);
  journal.take();
  // Waking would be tried again while the next version becomes active.
  const slow = `async (previous) => { note(\`3 begins \${previous}\`); await new Promise((go) => setTimeout(go, 1_200)); }`;
  await deploy(folder, consumer(journal, 3, { hooks: { onActive: slow } }));
  await swapper.reload();
  expect(journal.take().at(-1)).toBe('consumer/0 3 begins place of 1');
  expect(activity()).toBe('active');
  expect((await fetch(new URL('/-/health', port.url))).status).toBe(200);
});

test('a version that could not be woken is tried again, until it is active', async () => {
  const { folder, swapper, journal } = await open();
  const onActive = `async (previous) => { if (await context.vault.dataBag.get('locked')) throw new RangeError('locked'); note(\`1 begins \${previous}\`); }`;
  await deploy(folder, consumer(journal, 1, { hooks: { onActive } }));
  await swapper.load();
  const { dataBag } = swapper.current.vault;
  await dataBag.set('locked', true);
  await deploy(folder, consumer(journal, 2, { hooks: { onActive: broken } }));
  await swapper.reload().catch(() => {});
  await dataBag.delete('locked');
  const notes: string[] = [];
  await expect
    .poll(() => (notes.push(...journal.take()), notes.at(-1)))
    .toBe('consumer/0 1 begins place of 1');
  expect(await swapper.call('live_isActive')).toBe(true);
});

test('closing in the middle of a hand-over lets the next version give back what it has taken, before the old one has it again', async () => {
  const { folder, swapper, journal } = await open();
  await deploy(folder, consumer(journal, 1));
  await swapper.load();
  const onActive = `async () => { note('2 is beginning'); await flag('go'); note('2 begins'); }`;
  await deploy(folder, consumer(journal, 2, { hooks: { onActive } }));
  const { dataBag } = swapper.current.vault;
  const refused = swapper.reload().catch((error: unknown) => error);
  await expect.poll(() => journal.take().includes('consumer/0 2 is beginning')).toBe(true);
  const closed = swapper.close();
  await dataBag.set('go', true);
  expect(await refused).toMatchObject({ cause: { code: 'CLOSED' } });
  await closed;
  expect(journal.take()).toEqual([
    'consumer/0 2 begins',
    'consumer/0 2 ends',
    'consumer/0 1 begins place of 1',
    'consumer/0 1 ends',
  ]);
});

test('a reload while a thread is recycled takes over from the thread that is active then', async () => {
  const { folder, swapper, journal } = await open({ recycle: { calls: 1 } });
  const onYield = `async () => { note('1 is ending'); await flag('done'); note('1 ends'); return 'place'; }`;
  await deploy(folder, consumer(journal, 1, { exclusive: true, hooks: { onYield } }));
  await swapper.load();
  const recycled = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_release');
  await expect.poll(() => journal.take().includes('consumer/0 1 is ending'), { timeout: 10_000 }).toBe(true);
  await deploy(folder, consumer(journal, 2, { exclusive: true }));
  const reloaded = swapper.reload();
  await swapper.current.vault.dataBag.set('done', true);
  await recycled;
  await reloaded;
  expect(journal.take()).toEqual([
    'consumer/0 1 ends',
    'consumer/0 1 begins place',
    'consumer/0 1 is ending',
    'consumer/0 1 ends',
    'consumer/0 2 begins place',
  ]);
  expect(await swapper.call('live_release')).toBe(2);
});
