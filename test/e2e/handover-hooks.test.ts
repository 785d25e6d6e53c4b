import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openJournal, type Journal } from '../helpers/journal.js';
import { modes, deployIn } from '../helpers/modes.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a plugin that notes its hooks; each `release` has different bytes. */
function watch(journal: Journal, release: number, more: Partial<PluginText> = {}): PluginText {
  const note = (text: string): string => `note(\`${release} ${text}\`)`;
  return {
    name: 'watch',
    live: { live_release: `() => ${release}`, live_isActive: '() => context.active' },
    ...more,
    hooks: {
      onLoad: `() => ${note('onLoad ${context.cause} ${context.active}')}`,
      onActive: `(previous) => ${note('onActive ${context.cause} ${context.active} ${JSON.stringify(previous)}')}`,
      onYield: `() => { ${note('onYield ${context.cause} ${context.active}')}; return { from: ${release} }; }`,
      onFree: `() => ${note('onFree ${context.cause}')}`,
      ...more.hooks,
    },
    module: journal.code,
  };
}

const take = (journal: Journal): string[] => journal.take().map((line) => line.replace('watch/0 ', ''));

test('exclusive work goes from hand to hand: onYield, then onActive with what it returned, then the assignment', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder);
  await deploy(folder, watch(journal, 1));
  await swapper.load();
  expect(take(journal)).toEqual(['1 onLoad load false', '1 onActive load true undefined']);
  expect(await swapper.call('live_isActive')).toBe(true);
  await deploy(folder, watch(journal, 2));
  await swapper.reload();
  expect(take(journal).filter((line) => !line.includes('onFree'))).toEqual([
    '2 onLoad reload false',
    '1 onYield reload true',
    '2 onActive reload true {"from":1}',
  ]);
  await swapper.rollback();
  expect(take(journal).filter((line) => !line.includes('onFree'))).toEqual([
    '1 onLoad rollback false',
    '2 onYield rollback true',
    '1 onActive rollback true {"from":2}',
  ]);
  await swapper.close();
  expect(take(journal)).toEqual(expect.arrayContaining(['1 onYield close true', '1 onFree close']));
});

test.each(modes)('in mode %s, onActive runs after onInit, and onYield at close', async (mode) => {
  const journal = openJournal(await tempFolder());
  const swapper = await deployIn(mode, [watch(journal, 1)]);
  await swapper.load();
  await swapper.close();
  expect(take(journal)).toEqual([
    '1 onLoad load false',
    '1 onActive load true undefined',
    '1 onYield close true',
    '1 onFree close',
  ]);
});

test('the next version yields nothing and is freed if its onActive fails, and the old one wakes with the state that it had handed over', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder);
  await deploy(folder, watch(journal, 1));
  await swapper.load();
  await deploy(
    folder,
    watch(journal, 2, { hooks: { onActive: '() => { throw new RangeError("no gate"); }' } }),
  );
  journal.take();
  const failure = await swapper.reload().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'HOOK_FAILED', hook: 'onActive', plugin: 'watch', cause: { message: 'no gate' } },
  });
  expect(take(journal)).toEqual([
    '2 onLoad reload false',
    '1 onYield reload true',
    '2 onFree reload',
    '1 onActive reload true {"from":1}',
  ]);
  expect(await swapper.call('live_release')).toBe(1);
});

test('a reload is refused if onYield fails, and the version goes on', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder);
  await deploy(
    folder,
    watch(journal, 1, { hooks: { onYield: '() => { throw new RangeError("not now"); }' } }),
  );
  await swapper.load();
  await deploy(folder, watch(journal, 2));
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { code: 'HOOK_FAILED', hook: 'onYield' } });
  expect(take(journal).at(-1)).toBe('1 onActive reload true undefined');
  expect(await swapper.call('live_isActive')).toBe(true);
});

test('a thread that takes the place of one that crashed is active if that was, and is handed nothing', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder, { crashLoop: { crashes: 5, withinMs: 60_000 } });
  await deploy(
    folder,
    watch(journal, 1, { live: { live_die: '() => process.exit(3)', live_isActive: '() => context.active' } }),
  );
  await swapper.load();
  journal.take();
  const replaced = new Promise((resolve) => swapper.on('threadReplaced', resolve));
  await expect(swapper.call('live_die')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await replaced;
  expect(take(journal)).toEqual(['1 onLoad crash false', '1 onActive crash true undefined']);
  expect(await swapper.call('live_isActive')).toBe(true);
});

test('the hooks of a recycled thread, and of the one that takes its place, are told so', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder, { recycle: { calls: 1 }, abandonedMs: 40 });
  await deploy(folder, watch(journal, 1));
  await swapper.load();
  take(journal);
  const recycled = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_release');
  expect(await recycled).toMatchObject({ reason: 'recycled' });
  const notes: string[] = [];
  await expect.poll(() => notes.push(...take(journal)) && notes.at(-1)).toBe('1 onFree recycle');
  expect(notes).toEqual([
    '1 onLoad recycle false',
    '1 onYield recycle true',
    '1 onActive recycle true {"from":1}',
    '1 onFree recycle',
  ]);
});

test("with activeIn: 'thread' each thread has its turn, and is given what the same one before handed over", async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder, { threads: 2 });
  const hooks = (release: number): Record<string, string> => ({
    activeIn: '"thread"',
    onActive: '(previous) => note(`active ${previous}`)',
    onYield: `() => "${release}/" + context.thread.index`,
    onLoad: '() => {}',
    onFree: '() => {}',
  });
  await deploy(folder, watch(journal, 1, { hooks: hooks(1) }));
  await swapper.load();
  expect(journal.take().sort()).toEqual(['watch/0 active undefined', 'watch/1 active undefined']);
  await deploy(folder, watch(journal, 2, { hooks: hooks(2) }));
  await swapper.reload();
  expect(journal.take().sort()).toEqual(['watch/0 active 1/0', 'watch/1 active 1/1']);
});

test.each([
  ['a function', '() => ({ done: () => {} })', /done is a function/],
  ['too much', '() => "x".repeat(2_000_000)', /keep large state with kept/],
])('%s is not handed over', async (_what, onYield, says) => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const swapper = openSwapper(folder);
  await deploy(folder, watch(journal, 1, { hooks: { onYield } }));
  await swapper.load();
  await deploy(folder, watch(journal, 2));
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: { code: 'HOOK_FAILED', hook: 'onYield', message: expect.stringMatching(says) as string },
  });
});
