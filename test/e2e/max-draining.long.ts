import { expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred, type Deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const billing = (release: number): PluginText => ({
  name: 'billing',
  live: {
    live_hold: '(go) => go()',
    live_release: `() => ${release}`,
    live_bills: 'async function* () { yield 1; yield 2; }',
  },
});

/** Opens a swapper that has replaced a version twice, each time while a call was pending. */
async function busy(options: SwapperOptions): Promise<{
  swapper: Swapper;
  held: { readonly done: Deferred<unknown>; readonly call: Promise<unknown> }[];
  next: () => Promise<unknown>;
}> {
  const folder = await tempFolder();
  await deploy(folder, billing(0));
  const swapper = openSwapper(folder, options);
  await swapper.load();
  const held: { done: Deferred<unknown>; call: Promise<unknown> }[] = [];
  let release = 0;
  const next = async (): Promise<unknown> => {
    await deploy(folder, billing(++release));
    return swapper.reload();
  };
  for (let count = 0; count < 2; count++) {
    const done = deferred<unknown>();
    const call = swapper.call('live_hold', () => done.promise);
    call.catch(() => {});
    held.push({ done, call });
    await next();
  }
  return { swapper, held, next };
}

test('a reload that would leave more versions draining than maxDraining is refused, and says what keeps the oldest', async () => {
  const { swapper, held, next } = await busy({ maxDraining: 2 });
  await expect(next()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: {
      code: 'VERSIONS_FULL',
      plugin: 'billing',
      versions: 2,
      keptBy: [{ kind: 'call', name: 'live_hold' }],
      message: expect.stringMatching(/the oldest, billing@[0-9a-f]{8}, is kept: live_hold /),
    },
  });
  expect(await swapper.call('live_release')).toBe(2);
  // There is room for a reload again; a rollback is never refused.
  await swapper.rollback();
  held[0]?.done.resolve('first');
  expect(await held[0]?.call).toBe('first');
});

test('the oldest is cut instead when that is wanted, whatever holds it', async () => {
  const { swapper, held, next } = await busy({ maxDraining: { versions: 2, then: 'cut' } });
  await next();
  await expect(held[0]?.call).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', plugin: 'billing' });
  held[1]?.done.resolve('second');
  expect(await held[1]?.call).toBe('second');
  expect(await swapper.call('live_release')).toBe(3);
});

test('a watcher asks again when a version has retired', async () => {
  const { swapper, held, next } = await busy({ maxDraining: 2 });
  const refused = new Promise<void>((resolve) => swapper.on('reloadFailed', () => resolve()));
  const reloaded = new Promise<void>((resolve) => swapper.on('reloaded', () => resolve()));
  await swapper.watch({ settleMs: 10 });
  await next().catch(() => {});
  await refused;
  held[0]?.done.resolve(undefined);
  await reloaded;
  expect(await swapper.call('live_release')).toBe(3);
});

test('iterators that the host has dropped in their middle refuse no reload', async () => {
  const folder = await tempFolder();
  await deploy(folder, billing(0));
  const swapper = openSwapper(folder, { maxDraining: 2 });
  await swapper.load();
  for (let release = 1; release <= 5; release++) {
    await ((await swapper.call('live_bills')) as AsyncGenerator).next();
    await deploy(folder, billing(release));
    await swapper.reload();
  }
  expect(await swapper.call('live_release')).toBe(5);
});

test('a version that is on its way out refuses no reload: the next one waits for it', async () => {
  const folder = await tempFolder();
  const leaving = (release: number): PluginText => ({
    ...billing(release),
    hooks: { onFree: '() => context.vault.extension.leave()' },
  });
  await deploy(folder, leaving(0));
  const left = deferred<void>();
  const swapper = openSwapper(folder, { maxDraining: 1, extension: () => ({ leave: () => left.promise }) });
  await swapper.load();
  await deploy(folder, leaving(1));
  await swapper.reload();
  await deploy(folder, leaving(2));
  // The first version leaves only once the next reload is under way.
  swapper.on('reloadStarted', () => left.resolve());
  await swapper.reload();
  expect(await swapper.call('live_release')).toBe(2);
});
