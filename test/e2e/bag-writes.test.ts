import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes, openIn } from '../helpers/modes.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a plugin that runs `hook` as its `onLoad`, and waits in `onInit` for the extension to open the gate. */
const migrating = (release: number, hook: string): PluginText => ({
  name: 'guardian',
  symbols: { release: String(release) },
  hooks: {
    onLoad: `async () => { const bag = context.vault.dataBag; ${hook} }`,
    onInit: "async (vault) => { await vault.extension.pass('guardian'); }",
  },
  live: { live_add: "(by) => context.vault.dataBag.update('orders', (orders = []) => [...orders, by])" },
});

async function open(hook: string) {
  const folder = await tempFolder();
  await deploy(folder, migrating(1, ''));
  let atGate = async (): Promise<void> => {};
  const swapper = openSwapper(folder, { extension: () => ({ pass: () => atGate() }) });
  await swapper.load();
  await deploy(folder, migrating(2, hook));
  const bag = swapper.current.vault.dataBag;
  /** Reloads; `between` runs when the hooks have written and the generation is not current yet. */
  const reload = (between: () => Promise<unknown>) => {
    let isFirst = true;
    atGate = async () => {
      if (isFirst) await between();
      isFirst = false;
    };
    return swapper.reload();
  };
  return { swapper, bag, reload };
}

test('a value written while a generation comes up holds over what its hooks wrote before', async () => {
  const { bag, reload } = await open("await bag.set('switch', 'on'); await bag.delete('lamp');");
  await bag.set('lamp', 'old');
  await reload(async () => {
    await bag.set('switch', 'off');
    await bag.set('lamp', 'new');
  });
  expect([await bag.get('switch'), await bag.get('lamp')]).toEqual(['off', 'new']);
});

test('orders that come in during a migration by get and set refuse the reload; by update none is lost', async () => {
  const byHand = "await bag.set('orders', [...(await bag.get('orders')), 'migrated']);";
  const { swapper, bag, reload } = await open(byHand);
  await bag.set('orders', ['first']);
  await expect(reload(() => swapper.call('live_add', 'second'))).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'BAG_CONFLICT', plugin: 'guardian', key: 'orders' },
  });
  expect(await bag.get('orders')).toEqual(['first', 'second']);
  // Nobody writes now.
  await swapper.reload();
  expect(await bag.get('orders')).toEqual(['first', 'second', 'migrated']);

  const updating = await open("await bag.update('orders', (orders) => [...orders, 'migrated']);");
  await updating.bag.set('orders', ['first']);
  await updating.reload(() => updating.swapper.call('live_add', 'second'));
  expect(await updating.bag.get('orders')).toEqual(['first', 'second', 'migrated']);
});

test.each(modes)('updates of the host and of plugins lose nothing, in %s', async (mode) => {
  const folder = await tempFolder();
  const name = (plugin: string): PluginText => ({
    name: plugin,
    live: {
      [`live_${plugin}`]: `async () => {
        const bag = context.vault.dataBag;
        for (let i = 0; i < 20; i++) await bag.update('count', async (count = 0) => { await null; return count + 1; });
        return bag.update('own ${plugin}', (mine = 0) => mine + 1);
      }`,
      [`live_fail_${plugin}`]:
        "() => context.vault.dataBag.update('count', () => { throw new RangeError('no'); })",
    },
  });
  await deploy(folder, name('guardian'), name('herald'));
  const swapper = await openIn(mode, folder);
  await swapper.load();
  const { dataBag } = swapper.current.vault;
  const answers = await Promise.all([
    swapper.call('live_guardian'),
    swapper.call('live_herald'),
    ...Array.from({ length: 20 }, () => dataBag.update<number>('count', (count = 0) => count + 1)),
  ]);
  expect(answers.slice(0, 2)).toEqual([1, 1]);
  expect(await dataBag.get('count')).toBe(60);
  await expect(swapper.call('live_fail_herald')).rejects.toThrow(RangeError);
  expect(await dataBag.update('count', () => undefined)).toBeUndefined();
  expect(await dataBag.has('count')).toBe(false);
});

test('a crash loop goes back although somebody writes what the hooks read', async () => {
  const folder = await tempFolder();
  const byHand = "await bag.set('orders', [...((await bag.get('orders')) ?? []), 'one']);";
  const breaking = (release: number): PluginText => {
    const plugin = migrating(release, byHand);
    return { ...plugin, live: { ...plugin.live, live_break: '() => { process.exit(1); }' } };
  };
  await deploy(folder, breaking(1));
  let passes = 0;
  const swapper = openSwapper(folder, {
    crashLoop: { crashes: 1 },
    extension: () => ({
      // The third call of `pass` comes from the first repetition.
      pass: () => ++passes === 3 && swapper.current.vault.dataBag.set('orders', []),
    }),
  });
  await swapper.load();
  await deploy(folder, breaking(2));
  await swapper.reload();
  const back = nextEvent(swapper, 'reloaded', ({ reason }) => reason === 'rollback');
  const refused = nextEvent(swapper, 'reloadFailed');
  await swapper.call('live_break').catch(() => {});
  expect((await refused).error.cause).toMatchObject({ code: 'BAG_CONFLICT' });
  expect({ ...(await back).details }).toEqual({ guardian: 'ok' });
});

test.each(modes)('a key that is no string is refused, and does the bag no harm, in %s', async (mode) => {
  const live = { live_set: '(key) => context.vault.dataBag.set(key, 1)' };
  const swapper = await loadIn(mode, [{ name: 'guardian', live }]);
  const { dataBag } = swapper.current.vault;
  const refusal = { code: 'OPTION_INVALID', option: 'key' };
  for (const key of [undefined, null, 7, Symbol('key'), {}] as unknown as string[]) {
    await expect(dataBag.set(key, 1)).rejects.toMatchObject(refusal);
    await expect(dataBag.get(key)).rejects.toMatchObject(refusal);
    await expect(dataBag.update(key, () => 1)).rejects.toMatchObject(refusal);
  }
  await expect(swapper.call('live_set', 7)).rejects.toMatchObject(refusal);
  await dataBag.set('watch', 1);
  expect(await dataBag.keys()).toEqual(['watch']);
});
