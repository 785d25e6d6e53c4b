import { expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openJournal, type Journal } from '../helpers/journal.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a guard that notes when its turn begins and ends, and why. */
function guard(journal: Journal, release: number, more: Partial<PluginText> = {}): PluginText {
  return {
    name: 'guard',
    live: { live_release: `() => ${release}`, live_die: '() => process.exit(3)' },
    ...more,
    hooks: {
      onActive: `() => note(\`${release} begins: \${context.cause}\`)`,
      onYield: `() => note(\`${release} ends: \${context.cause}\`)`,
      ...more.hooks,
    },
    module: journal.code,
  };
}

/** Functions of a second plugin, one of which goes on until the host has set a flag. */
const held = {
  live_hold: `async () => { while (!(await context.vault.dataBag.get('go'))) await new Promise((go) => setTimeout(go, 2)); }`,
};

async function open(
  options: SwapperOptions,
  ...more: Partial<PluginText>[]
): Promise<{ folder: string; swapper: Swapper; journal: Journal; notes: () => string[] }> {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const plugins = more.length > 0 ? more : [{}];
  await deploy(folder, ...plugins.map((one) => guard(journal, 1, one)));
  const swapper = openSwapper(folder, options);
  await swapper.load();
  const notes = (): string[] => journal.take().map((line) => line.replace('guard/0 ', ''));
  expect(notes()).toHaveLength(plugins.length);
  return { folder, swapper, journal, notes };
}

test('a version that is carried over has no new turn', async () => {
  const { folder, swapper, notes } = await open({});
  await deploy(folder, { name: 'bell' });
  expect(await swapper.reload()).toMatchObject({ guard: 'unchanged', bell: 'ok' });
  expect(notes()).toEqual([]);
});

test('a change of the configuration, and a forced one, are reloads', async () => {
  const { swapper, notes } = await open({});
  await swapper.reload({ motto: 'Stand' });
  await swapper.reload(undefined, { force: true });
  expect(notes()).toEqual(expect.arrayContaining(['1 ends: reload', '1 begins: reload']));
  expect(notes().filter((note) => !note.endsWith('reload'))).toEqual([]);
});

test('going back by itself, after a crash loop, is a rollback; a version that has failed does not yield', async () => {
  const { folder, swapper, journal, notes } = await open({ crashLoop: { crashes: 1, withinMs: 60_000 } });
  await deploy(folder, guard(journal, 2));
  await swapper.reload();
  expect(notes()).toEqual(['1 ends: reload', '2 begins: reload']);
  const back = nextEvent(swapper, 'reloaded');
  await swapper.call('live_die').catch(() => {});
  await back;
  expect(notes()).toEqual(['1 begins: rollback']);
  expect(await swapper.call('live_release')).toBe(1);
});

test('a version that has yielded does not become active again because a thread of it is replaced', async () => {
  const { folder, swapper, journal, notes } = await open({});
  const session = swapper.pin();
  await deploy(folder, guard(journal, 2));
  await swapper.reload();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await session.call('live_die').catch(() => {});
  await replaced;
  expect(await session.call('live_release')).toBe(1);
  expect(notes()).toEqual(['1 ends: reload', '2 begins: reload']);
  await session.release();
});

test('at the end, what is not exclusive yields with its calls under way, what is exclusive when they are over', async () => {
  const { swapper, notes } = await open({}, {}, { name: 'keep', exclusive: true, live: held });
  const { dataBag } = swapper.current.vault;
  const call = swapper.call('live_hold');
  const closed = swapper.close();
  const first: string[] = [];
  await expect.poll(() => (first.push(...notes()), first)).toEqual(['1 ends: close']);
  await dataBag.set('go', true);
  await call;
  await closed;
  expect(notes()).toEqual(['keep/0 1 ends: close']);
});

test('the versions of a destroyed swapper do not yield', async () => {
  const { swapper, notes } = await open({});
  await swapper.destroy();
  expect(notes()).toEqual([]);
});
