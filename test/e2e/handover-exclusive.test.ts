import { describe, expect, onTestFinished, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a gate that one guard at a time may open: `live_hold(flag)` ends when the host has set the flag in the bag. */
function gate(release: number, more: Partial<PluginText> = {}): PluginText {
  const until = `async (flag) => { while (!(await context.vault.dataBag.get(flag))) await new Promise((go) => setTimeout(go, 2)); return ${release}; }`;
  return {
    name: 'gate',
    exclusive: true,
    readonly: ['live_peek'],
    exports: { open: `() => ${release}` },
    ...more,
    live: {
      live_release: `() => ${release}`,
      live_hold: until,
      live_peek: until,
      live_yields: `() => new Promise((resolve) => context.yielding.addEventListener('abort', () => resolve(${release})))`,
      ...more.live,
    },
  };
}

/** A plugin that is not exclusive and calls the gate. */
const guard: PluginText = {
  name: 'guard',
  imports: ['gate'],
  live: {
    live_ask: '() => callImport("gate", "open", [])',
    live_askLive: '() => context.vault.call("live_release")',
    live_free: '(flag) => context.vault.dataBag.set(flag, true)',
  },
};

async function open(
  first: readonly PluginText[],
  options: SwapperOptions = {},
): Promise<{ swapper: Swapper; folder: string }> {
  const folder = await tempFolder();
  await deploy(folder, ...first);
  const swapper = openSwapper(folder, options);
  await swapper.load();
  return { swapper, folder };
}

const queuedAt = (swapper: Swapper, plugin: string): number =>
  swapper
    .stats()
    .plugins.find((one) => one.plugin === plugin)!
    .versions.reduce((sum, { queued }) => sum + queued, 0);

/**
 * Returns a plugin that is not exclusive, with one run of `every`, which goes on until the version is about to yield, and then
 * calls the gate.
 */
function watchman(last: string): PluginText {
  return {
    name: 'watchman',
    imports: ['gate'],
    module: `
      const yields = () => new Promise((resolve) => context.yielding.addEventListener('abort', resolve));
      const run = async () => {
        const yielded = yields();
        await context.vault.dataBag.set('watches', true);
        await yielded;
        ${last}
      };
      let timer, running;
      export const ticker = {
        count: 1,
        start(host) { timer = setTimeout(() => { running ??= host.run(run); }, 0); },
        stop() { clearTimeout(timer); },
        whenIdle: () => running,
      };
    `,
  };
}

describe('a hand-over', () => {
  test('lets a run of every of another plugin that it replaces call the exclusive one, and end, before calls of that wait', async () => {
    const { swapper, folder } = await open([
      gate(1),
      watchman('await context.vault.dataBag.set("passed", await callImport("gate", "open", []));'),
    ]);
    const { dataBag } = swapper.current.vault;
    await expect.poll(() => dataBag.get('watches')).toBe(true);
    await deploy(folder, gate(2));
    await swapper.reload();
    expect(await dataBag.get('passed')).toBe(1);
    expect(await swapper.call('live_release')).toBe(2);
  });

  test('is refused when such a run does not end, before any version has yielded', async () => {
    const yields = { onYield: '() => context.vault.dataBag.set("yielded", true)' };
    const { swapper, folder } = await open(
      [gate(1, { hooks: yields }), watchman('await new Promise(() => {});')],
      { yieldMs: 500 },
    );
    const { dataBag } = swapper.current.vault;
    await expect.poll(() => dataBag.get('watches')).toBe(true);
    await deploy(folder, gate(2));
    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'HOOK_FAILED', plugin: 'watchman' },
    });
    expect(await dataBag.get('yielded')).toBe(undefined);
    const versions = swapper.stats().plugins.flatMap((plugin) => plugin.versions);
    expect(versions.map(({ activity }) => activity)).toEqual(['active', 'active']);
  });

  test('waits for what runs; what comes meanwhile waits, and is answered by the next version, in order', async () => {
    const { swapper, folder } = await open([gate(1), guard]);
    const held = swapper.call('live_hold', 'a');
    const yields = swapper.call('live_yields');
    await deploy(folder, gate(2));
    const reloaded = swapper.reload();
    expect(await yields).toBe(1);
    const order: number[] = [];
    const later = [1, 2, 3].map(async (at) => {
      const by = await swapper.call('live_release');
      order.push(at);
      return by;
    });
    expect(queuedAt(swapper, 'gate')).toBe(3);
    // Other plugins notice nothing.
    await swapper.call('live_free', 'a');
    expect(await held).toBe(1);
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(order).toEqual([1, 2, 3]);
    await reloaded;
  });

  test('does not wait for what only reads, which ends in the old thread', async () => {
    const { swapper, folder } = await open([gate(1), guard]);
    const peek = swapper.call('live_peek', 'a');
    await deploy(folder, gate(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
    await swapper.call('live_free', 'a');
    expect(await peek).toBe(1);
  });

  test('is refused when what runs does not end in time: the calls are named, and those that wait go to the old version', async () => {
    const { swapper, folder } = await open([gate(1), guard], { yieldMs: 500 });
    const held = swapper.call('live_hold', 'a');
    await deploy(folder, gate(2));
    const yields = swapper.call('live_yields');
    const reload = swapper.reload();
    await yields;
    const waits = swapper.call('live_release');
    await expect(reload).rejects.toMatchObject({
      cause: { code: 'YIELD_TIMEOUT', calls: [{ plugin: 'gate', name: 'live_hold', thread: 0 }] },
    });
    expect(await waits).toBe(1);
    await swapper.call('live_free', 'a');
    expect(await held).toBe(1);
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
  });

  test('goes on when only calls are left whose callers have given up', async () => {
    const { swapper, folder } = await open([gate(1), guard], { yieldMs: 500 });
    await expect(swapper.with({ timeoutMs: 1 }).call('live_hold', 'a')).rejects.toMatchObject({
      code: 'CALL_TIMEOUT',
    });
    await deploy(folder, gate(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
    await swapper.call('live_free', 'a');
  });

  test('lets in what is called on behalf of what it waits for, through other plugins too', async () => {
    const chain = {
      live: {
        live_chain: `async (flag) => { while (!(await context.vault.dataBag.get(flag))) await new Promise((go) => setTimeout(go, 2)); return [await context.vault.call("live_askLive"), await context.vault.call("live_ask")]; }`,
      },
    };
    const { swapper, folder } = await open([gate(1, chain), guard]);
    const chained = swapper.call('live_chain', 'a');
    const yields = swapper.call('live_yields');
    await deploy(folder, gate(2, chain));
    const reload = swapper.reload();
    await yields;
    const other = swapper.call('live_askLive');
    await swapper.call('live_free', 'a');
    expect(await chained).toEqual([1, 1]);
    await reload;
    // A chain that began elsewhere waited.
    expect(await other).toBe(2);
  });

  test('lets in what call-backs and iterators call on behalf of what it waits for', async () => {
    const until =
      'while (!(await context.vault.dataBag.get(flag))) await new Promise((go) => setTimeout(go, 2));';
    const chain = {
      live: {
        live_chain: `async (flag, back, rows) => { ${until} for await (const row of rows) return [await back(), row]; }`,
      },
    };
    const caller: PluginText = {
      name: 'caller',
      live: {
        live_begin: `(flag) => context.vault.call('live_chain', flag, () => context.vault.call('live_release'), rows())`,
      },
      module: `async function* rows() { yield await context.vault.call('live_release'); }`,
    };
    const { swapper, folder } = await open([gate(1, chain), guard, caller]);
    const release = (): Promise<unknown> => swapper.call('live_release');
    async function* rows(): AsyncGenerator<unknown> {
      yield await release();
    }
    const chained = [
      swapper.call('live_chain', 'a', release, rows()),
      // This is a call-back of another plugin, which reaches this one through the host.
      swapper.call('live_begin', 'a'),
    ];
    const yields = swapper.call('live_yields');
    await deploy(folder, gate(2, chain));
    const reload = swapper.reload();
    await yields;
    await swapper.call('live_free', 'a');
    expect(await Promise.all(chained)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    await reload;
    expect(await swapper.call('live_release')).toBe(2);
  });

  test('tells how long the calls waited', async () => {
    const { swapper, folder } = await open([gate(1)]);
    const handedOver = nextEvent(swapper, 'handedOver');
    await deploy(folder, gate(2));
    await swapper.reload();
    expect(await handedOver).toMatchObject({ plugin: 'gate', objects: 0, ms: { rehearsal: 0, move: 0 } });
  });
});

describe('an exclusive plugin', () => {
  test('has one thread, whatever the swapper has', async () => {
    const { swapper } = await open([gate(1), guard], { threads: 2 });
    const threads = swapper
      .stats()
      .plugins.map(({ plugin, versions }) => [plugin, versions[0]?.threads.length]);
    expect(Object.fromEntries(threads)).toEqual({ gate: 1, guard: 2 });
  });

  test('is reached by imports from onLoad on, and after a reload in its newest version', async () => {
    const { swapper, folder } = await open([
      gate(1),
      {
        ...guard,
        hooks: { onLoad: 'async () => { globalThis.first = await callImport("gate", "open", []); }' },
        live: { ...guard.live, live_first: '() => globalThis.first' },
      },
    ]);
    expect(await swapper.call('live_first')).toBe(1);
    const session = swapper.pin();
    const handle = swapper.current.plugin('gate');
    await deploy(folder, gate(2, { functions: { polish: '() => 2' } }));
    await swapper.reload();
    expect(await swapper.call('live_ask')).toBe(2);
    // Pinned calls, and imports of an older generation, reach the one version that there is.
    expect(await session.call('live_release')).toBe(2);
    expect(await session.call('live_ask')).toBe(2);
    expect(handle.has('polish')).toBe(false);
    await session.release();
  });

  test('rejects RETIRED what the next version does not have', async () => {
    const { swapper, folder } = await open([gate(1, { live: { live_old: '() => 1' } })]);
    const session = swapper.pin();
    await deploy(folder, gate(2));
    await swapper.reload();
    await expect(session.call('live_old')).rejects.toMatchObject({ code: 'RETIRED' });
    await session.release();
  });

  test('that dies in the middle of a hand-over is followed by the next version all the same', async () => {
    const { swapper, folder } = await open([gate(1, { hooks: { onYield: '() => process.exit(3)' } })]);
    await deploy(folder, gate(2));
    await swapper.reload();
    expect(await swapper.call('live_release')).toBe(2);
  });
});

test('a reload that is asked for in a hook is not to be awaited there, and runs when it is over', async () => {
  const folder = await tempFolder();
  const herald = (release: number): PluginText => ({
    name: 'herald',
    live: { live_told: '() => globalThis.told' },
    hooks: {
      onActive: `() => context.vault.extension.reload().catch((error) => { globalThis.told = ${release} + error.code; })`,
    },
  });
  await deploy(folder, herald(1));
  let reloads = 0;
  const swapper = openSwapper(folder, {
    extension: () => ({
      reload: () => (reloads++ < 2 ? swapper.reload() : Promise.reject(new Error('enough'))),
    }),
  });
  await swapper.load();
  expect(await swapper.call('live_told')).toBe('1RELOAD_FAILED');
  await swapper.reload();
  expect(swapper.reloads).toBeGreaterThan(1);
});

describe.each(['onLoad', 'onInit', 'onActive'])('a reload that %s waits for', (hook) => {
  const herald: PluginText = {
    name: 'herald',
    hooks: { [hook]: '() => context.vault.extension.reload()' },
  };

  test('is refused at once, and ends with the change that fails for it', async () => {
    const folder = await tempFolder();
    await deploy(folder, herald);
    const swapper = openSwapper(folder, { extension: () => ({ reload: () => swapper.reload() }) });
    const started: string[] = [];
    swapper.on('reloadStarted', ({ reason }) => void started.push(reason));
    await expect(swapper.load()).rejects.toMatchObject({
      cause: { code: 'HOOK_FAILED', hook, cause: { code: 'RELOAD_FAILED' } },
    });
    await deploy(folder, { ...herald, hooks: {} });
    await swapper.reload();
    expect(started).toEqual(['load', 'reload']);
  });
});

test('a reload that onLoad requests, and does not wait for, runs when the version is up', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'herald', hooks: { onLoad: '() => context.vault.extension.restart()' } });
  const swapper = openSwapper(folder, { extension: () => ({ restart: () => void swapper.reload() }) });
  const reloaded = nextEvent(swapper, 'reloaded', ({ reason }) => reason === 'reload');
  await swapper.load();
  expect(await reloaded).toMatchObject({ details: { herald: 'unchanged' } });
});

test('a hook may ask for a change and go on, where the method of the extension keeps its promise, as the refusal says', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'herald',
    live: { live_told: '() => globalThis.told' },
    hooks: {
      onActive: `() => {
        context.vault.extension.restart();
        return context.vault.extension.reload().catch((error) => { globalThis.told = error.message; });
      }`,
    },
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const swapper = openSwapper(folder, {
    extension: () => ({
      restart: () => void [swapper.reload(), swapper.rollback()],
      reload: () => swapper.reload(),
    }),
  });
  await swapper.load();
  expect(await swapper.call('live_told')).toContain('let no method of the extension return its promise');
  await swapper.reload();
  expect(unhandled).toEqual([]);
  expect(swapper.stats().crashes).toBe(0);
});
