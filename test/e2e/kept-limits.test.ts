import { expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a guild that keeps its members, and saves them every few milliseconds. */
const guild = (release: number, upcast = 'undefined'): PluginText => ({
  name: 'guild',
  exclusive: true,
  module: `
const members = new Map();
const root = { root: members, made: [], upcast: ${upcast}, saveMs: 5 };
export const keptRoots = { roots: new Map([['members', root]]), registered: new Map() };
`,
  live: {
    live_join: '(count) => { for (let at = 0; at < count; at++) members.set(at, { name: String(at) }); }',
    live_size: '() => members.size',
    live_release: `() => ${release}`,
    live_die: '() => { process.exit(3); }',
    live_loop: '() => { for (;;); }',
  },
});

async function open(options: SwapperOptions): Promise<{ folder: string; swapper: Swapper }> {
  const folder = await tempFolder();
  await deploy(folder, guild(1));
  const swapper = openSwapper(folder, options);
  await swapper.load();
  return { folder, swapper };
}

async function saved(swapper: Swapper): Promise<void> {
  const since = Date.now();
  await expect.poll(() => Number(swapper.stats().plugins[0]?.versions[0]?.savedAt) > since).toBe(true);
}

test('before a version is given up, its last try begins with what create makes: the copy may be what kills it', async () => {
  const { swapper } = await open({ crashLoop: { crashes: 3, withinMs: 600_000 } });
  await swapper.call('live_join', 2);
  for (const left of [2, 0]) {
    await saved(swapper);
    await expect(swapper.call('live_die')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
    expect(await swapper.call('live_size')).toBe(left);
  }
});

test('a move that would take longer than yieldMs is refused before anything has yielded', async () => {
  const { folder, swapper } = await open({ yieldMs: 1 });
  await swapper.call('live_join', 20_000);
  await deploy(folder, guild(2));
  await expect(swapper.reload()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'YIELD_TIMEOUT', plugin: 'guild', objects: 20_001, yieldMs: 1 },
  });
  expect(await swapper.call('live_size')).toBe(20_000);
  expect(await swapper.call('live_release')).toBe(1);
});

test.each([
  { what: 'a call', upcast: undefined },
  { what: 'an upcast', upcast: '() => { for (;;); }' },
])('$what that never ends refuses a reload, which waits for the move no longer than startMs', async (one) => {
  const { folder, swapper } = await open({ startMs: 4_000 });
  if (!one.upcast) swapper.call('live_loop').catch(() => {});
  await deploy(folder, guild(2, one.upcast));
  await expect(swapper.reload()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'YIELD_TIMEOUT', plugin: 'guild', startMs: 4_000 },
  });
  if (one.upcast) expect(await swapper.call('live_release')).toBe(1);
});

test('a release whose version keeps nothing any more says that the state is gone', async () => {
  const { folder, swapper } = await open({});
  await swapper.call('live_join', 1);
  await deploy(folder, { name: 'guild', live: { live_size: '() => 0' } });
  expect(String(await swapper.reload())).toContain('what guild kept was dropped');
});
