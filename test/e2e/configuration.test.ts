import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a plugin that keeps the data of `onLoad`, and dies on demand. */
const keeper = (name: string, release = 1): PluginText => ({
  name,
  module: `let given; const release = ${release};`,
  hooks: { onLoad: '(data) => { given = data; }' },
  live: {
    [`live_${name}`]: '() => given',
    [`live_break_${name}`]: '() => { process.exit(1); }',
  },
});
const mason: PluginText = { name: 'mason', live: { live_mason: '() => 1' } };

async function load(data: unknown, options = {}) {
  const folder = await tempFolder();
  await deploy(folder, keeper('shop'), keeper('till'), mason);
  const swapper = openSwapper(folder, options);
  await swapper.load(data);
  const given = () => Promise.all([swapper.call('live_shop'), swapper.call('live_till')]);
  return { folder, swapper, given };
}

test('other data starts the plugins that take it afresh, and equal data none', async () => {
  const { folder, swapper, given } = await load({ rate: 1, seen: new Set(['a']) });
  const equal = await swapper.reload({ seen: new Set(['a']), rate: 1 });
  expect({ ...equal }).toEqual({ mason: 'unchanged', shop: 'unchanged', till: 'unchanged' });
  const other = await swapper.reload({ rate: 2 });
  expect({ ...other }).toEqual({ mason: 'unchanged', shop: 'configured', till: 'configured' });
  expect(await given()).toEqual([{ rate: 2 }, { rate: 2 }]);
  await deploy(folder, keeper('shop', 2));
  expect({ ...(await swapper.reload({ rate: 3 })) }).toMatchObject({ shop: 'ok', till: 'configured' });
  expect(await given()).toEqual([{ rate: 3 }, { rate: 3 }]);
});

test('a reload without data goes on with the data of the current generation', async () => {
  const { folder, swapper, given } = await load({ rate: 1 });
  await deploy(folder, keeper('shop', 2));
  expect({ ...(await swapper.reload()) }).toMatchObject({ shop: 'ok', till: 'unchanged' });
  expect(await given()).toEqual([{ rate: 1 }, { rate: 1 }]);
  expect({ ...(await swapper.reload(null)) }).toMatchObject({ shop: 'configured', till: 'configured' });
  expect({ ...(await swapper.reload(undefined)) }).toMatchObject({ shop: 'unchanged' });
  expect(await given()).toEqual([null, null]);
});

test('a rollback brings the data back as well, to every plugin', async () => {
  const { folder, swapper, given } = await load({ rate: 1 });
  await deploy(folder, keeper('shop', 2));
  await swapper.reload({ rate: 2 });
  expect({ ...(await swapper.rollback()) }).toEqual({ mason: 'unchanged', shop: 'ok', till: 'configured' });
  expect(await given()).toEqual([{ rate: 1 }, { rate: 1 }]);
});

test('the option data is asked by each load without data, and an argument wins', async () => {
  let rate = 0;
  const { swapper, given } = await load(undefined, { data: async () => ({ rate: ++rate }) });
  expect(await given()).toEqual([{ rate: 1 }, { rate: 1 }]);
  await swapper.reload();
  expect(await given()).toEqual([{ rate: 2 }, { rate: 2 }]);
  await swapper.reload({ rate: 'mine' });
  expect(rate).toBe(2);
  expect(await given()).toEqual([{ rate: 'mine' }, { rate: 'mine' }]);
});

test('an option data that throws refuses the reload', async () => {
  let isBroken = false;
  const data = (): number => {
    if (isBroken) throw new Error('no such file');
    return 1;
  };
  const { swapper, given } = await load(undefined, { data });
  isBroken = true;
  await expect(swapper.reload()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'OPTION_INVALID', option: 'data', message: expect.stringContaining('no such file') },
  });
  expect(await given()).toEqual([1, 1]);
});

test('data is as it was when it was given, also for a thread that is replaced after other reloads', async () => {
  const { folder, swapper } = await load({ rate: 1 });
  const data = { rate: 5 };
  const reloading = swapper.reload(data);
  data.rate = 6;
  await reloading;
  data.rate = 7;
  expect(await swapper.call('live_till')).toEqual({ rate: 5 });
  await deploy(folder, keeper('shop', 2));
  await swapper.reload();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_break_till').catch(() => {});
  await replaced;
  expect(await swapper.call('live_till')).toEqual({ rate: 5 });
});

test('force starts afresh what has no new bytes, by name or all, but nothing that is not reloadable', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    { name: 'armory', exports: { sword: "() => 'sword'" } },
    { name: 'guardian', imports: ['armory'] },
    { name: 'ledger', hooks: { reloadable: '() => false' } },
    mason,
  );
  const swapper = openSwapper(folder);
  await swapper.load();
  expect({ ...(await swapper.reload(undefined, { force: ['Armory'] })) }).toEqual({
    armory: 'forced',
    guardian: 'relinked',
    ledger: 'unchanged',
    mason: 'unchanged',
  });
  expect({ ...(await swapper.reload(undefined, { force: true })) }).toEqual({
    armory: 'forced',
    guardian: 'relinked',
    ledger: 'not reloadable',
    mason: 'forced',
  });
  await expect(swapper.reload(undefined, { force: ['mason', 'dragon'] })).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'PLUGIN_MISSING', missing: ['dragon'] },
  });
  await expect(swapper.reload(undefined, { force: 'mason' } as never)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'force',
  });
});

test('reloads in which nothing changes take nobody the way back', async () => {
  const { folder, swapper, given } = await load(1);
  await deploy(folder, keeper('shop', 2));
  await swapper.reload();
  for (let times = 0; times < 3; times++) await swapper.reload();
  await swapper.reload(undefined, { force: true });
  expect({ ...(await swapper.rollback()) }).toMatchObject({ shop: 'ok', till: 'unchanged' });
  expect(await given()).toEqual([1, 1]);
  await expect(swapper.rollback()).rejects.toMatchObject({ cause: { code: 'ROLLBACK_UNAVAILABLE' } });
});

test('a crash loop goes back to a release without the bytes that failed, and takes back no other plugin', async () => {
  const { folder, swapper } = await load(1, { crashLoop: { crashes: 1 }, keep: 5 });
  await deploy(folder, keeper('shop', 2));
  await swapper.reload();
  // The plugin is the same in every release, so there is nothing to go back to.
  const failed = nextEvent(swapper, 'versionFailed');
  await swapper.call('live_break_till').catch(() => {});
  await failed;
  expect({ ...(await swapper.reload()) }).toEqual({ mason: 'unchanged', shop: 'unchanged', till: 'ok' });
  await deploy(folder, keeper('till', 2));
  await swapper.reload();
  await deploy(folder, { ...mason, symbols: { motto: '"stone"' } });
  await swapper.reload();
  const back = nextEvent(swapper, 'reloaded', ({ reason }) => reason === 'rollback');
  await swapper.call('live_break_till').catch(() => {});
  expect({ ...(await back).details }).toEqual({ mason: 'ok', shop: 'unchanged', till: 'ok' });
});

test('two hundred reloads asked for at once are two, and each caller gets the details of the one it waited for', async () => {
  const { swapper } = await load(1);
  const asked = Array.from({ length: 200 }, () => swapper.reload({ rate: 2 }));
  const [first, ...others] = await Promise.all(asked);
  expect(swapper.reloads).toBe(2);
  expect({ ...first }).toMatchObject({ shop: 'configured' });
  expect(new Set(others).size).toBe(1);
  expect({ ...others[0] }).toMatchObject({ shop: 'unchanged' });
});

test('a reload that is asked for during the first load runs after it', async () => {
  const folder = await tempFolder();
  await deploy(folder, keeper('shop'));
  const swapper = openSwapper(folder);
  const [loaded, reloaded] = await Promise.all([swapper.load(1), swapper.reload(2)]);
  expect([{ ...loaded }, { ...reloaded }]).toEqual([{ shop: 'ok' }, { shop: 'configured' }]);
  expect([swapper.current.id, await swapper.call('live_shop')]).toEqual([2, 2]);
});

test('data that is a thenable, such as a query, and never settles is given up after startMs, and later reloads go on', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "Hail"' } });
  const swapper = openSwapper(folder, { startMs: 2_000 });
  await swapper.load();
  const query = { then: () => {} };
  await expect(swapper.reload(query)).rejects.toMatchObject({ cause: { code: 'OPTION_INVALID' } });
  expect(await swapper.reload()).toMatchObject({ guardian: 'unchanged' });
});
