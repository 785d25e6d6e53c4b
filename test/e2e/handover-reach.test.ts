import { expect, test } from 'vitest';
import { LiveData, type Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openJournal } from '../helpers/journal.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const armory = (release: number, exclusive: boolean): PluginText => ({
  name: 'armory',
  exclusive,
  live: { live_armory: `() => ${release}` },
});

/** Returns a guardian whose hooks ask the armory, and write into the bag. */
function guardian(code: string, release: number, onActive = ''): PluginText {
  return {
    name: 'guardian',
    module: code,
    live: { live_guardian: `() => ${release}` },
    hooks: {
      onActive: `async () => {
        note(\`${release} is active, armory \${await context.vault.call('live_armory')}\`);
        await context.vault.dataBag.set('active', ${release});
        ${onActive}
      }`,
      onYield: `async () => {
        note(\`${release} yields, armory \${await context.vault.call('live_armory')}\`);
        await context.vault.dataBag.set('yielded', ${release});
      }`,
    },
  };
}

test.each([false, true])(
  'calls of onYield reach the running generation, those of onActive the new one (exclusive: %s)',
  async (exclusive) => {
    const folder = await tempFolder();
    const journal = openJournal(folder);
    await deploy(folder, armory(1, exclusive), guardian(journal.code, 1));
    const swapper = openSwapper(folder);
    await swapper.load();
    await deploy(folder, armory(2, exclusive), guardian(journal.code, 2));
    await swapper.reload();
    expect(journal.take()).toEqual([
      'guardian/0 1 is active, armory 1',
      'guardian/0 1 yields, armory 1',
      'guardian/0 2 is active, armory 2',
    ]);
  },
);

test('writes of onYield to the bag stay when the reload is refused; those of onActive are there only if it is not', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  await deploy(folder, armory(1, false), guardian(journal.code, 1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const bag = (key: string): Promise<unknown> => swapper.current.vault.dataBag.get(key);
  expect([await bag('active'), await bag('yielded')]).toEqual([1, undefined]);
  await deploy(folder, guardian(journal.code, 2, 'throw new RangeError("no gate");'));
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
  expect([await bag('active'), await bag('yielded')]).toEqual([1, 1]);
  await deploy(folder, guardian(journal.code, 3));
  await swapper.reload();
  expect([await bag('active'), await bag('yielded')]).toEqual([3, 1]);
});

test('a live type is handed over as the newest class', async () => {
  const folder = await tempFolder();
  const sentry = (release: number, method: string): PluginText => ({
    name: 'sentry',
    types: {
      Live_Watch: `class Live_Watch { hours = 0; handle() { return \`${method} \${this.hours}\`; } }`,
    },
    live: { live_told: '() => globalThis.told' },
    hooks: {
      onActive: '(previous) => { globalThis.told = previous?.handle(); }',
      onYield: `() => Object.assign(new liveTypes.Live_Watch(), { hours: ${release} })`,
    },
  });
  await deploy(folder, sentry(1, 'old'));
  const swapper = openSwapper(folder);
  await swapper.load();
  await deploy(folder, sentry(2, 'new'));
  await swapper.reload();
  expect(await swapper.call('live_told')).toBe('new 1');
  expect(await swapper.run(LiveData.of('Live_Watch', { hours: 7 }))).toBe('new 7');
});

test('a close that is asked for in a hook is not to be awaited there, and runs when the hand-over is over', async () => {
  const folder = await tempFolder();
  const told: unknown[] = [];
  const herald = (release: number, onActive: string): PluginText => ({
    name: 'herald',
    live: { live_release: `() => ${release}` },
    hooks: { onActive },
  });
  await deploy(folder, herald(1, '() => {}'));
  const swapper: Swapper = openSwapper(folder, {
    extension: () => ({ close: () => swapper.close(), tell: (code: string) => void told.push(code) }),
  });
  await swapper.load();
  await deploy(
    folder,
    herald(
      2,
      '() => context.vault.extension.close().catch((error) => context.vault.extension.tell(error.code))',
    ),
  );
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { code: 'CLOSED' } });
  await swapper.close();
  expect(told).toEqual([expect.any(String)]);
});
