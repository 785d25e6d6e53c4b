import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Generation } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { LifeOfVersions } from '../helpers/life-of-versions.js';
import { deployIn, loadIn, modes, openIn } from '../helpers/modes.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { untilCollected } from '../helpers/until.js';
import { withPage } from '../helpers/with-page.js';

const roll = (name: string, imports: readonly string[], polish: string): PluginText => ({
  name,
  imports,
  functions: { polish },
});

/** The host's own object, to which plugins can pass functions. */
class Gate {
  readonly guards = new Map<string, () => Promise<unknown>>();
  register(name: string, guard: () => Promise<unknown>): number {
    this.guards.set(name, guard);
    return this.guards.size;
  }
}

const registering = (name: string, release: number): PluginText => ({
  name,
  hooks: { onInit: `(vault) => vault.extension.register("${name}", () => "${name} ${release}")` },
});

const keeper: PluginText = {
  name: 'keeper',
  live: {
    live_set: '(key, value) => context.vault.dataBag.set(key, value)',
    live_get: '(key) => context.vault.dataBag.get(key)',
    live_keys:
      'async () => [await context.vault.dataBag.keys(), await context.vault.dataBag.has("gold"), await context.vault.dataBag.delete("gold")]',
    live_add: 'async (key) => Atomics.add(new Int32Array(await context.vault.dataBag.get(key)), 0, 1)',
  },
};

describe.each(modes)('in mode %s', (mode) => {
  test('a generation lists its plugins, dependencies first, and finds them by name in any case', async () => {
    const folder = await tempFolder();
    await deploy(
      folder,
      { name: 'armory', imports: ['herald'] },
      {
        name: 'Guardian',
        imports: ['armory'],
        functions: { polish: '(times) => `Polished ${times} times.`' },
      },
      {
        name: 'herald',
        symbols: { motto: '"Stand"', ranks: 'new Map([["captain", 1]])', salute: '() => {}' },
      },
    );
    const swapper = await openIn(mode, folder, { threads: 2 });
    await swapper.load();
    const { plugins, id } = swapper.current;
    expect([id, plugins.map(({ name }) => name)]).toEqual([1, ['herald', 'armory', 'Guardian']]);
    const guardian = swapper.current.plugin('GUARDIAN');
    expect(guardian).toBe(plugins[2]);
    const { name, file, hash, loadedAt, note, deps, reloadable, state } = guardian;
    expect({ name, file, note, deps, reloadable, state }).toEqual({
      name: 'Guardian',
      file: join(folder, 'Guardian.plugin.mjs'),
      note: 'ok',
      deps: ['armory'],
      reloadable: true,
      state: 'active',
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(loadedAt).toBeInstanceOf(Date);
    expect(await guardian.invoke('polish', 3)).toBe('Polished 3 times.');
    await expect(guardian.invoke('rust')).rejects.toMatchObject({
      code: 'FUNCTION_UNKNOWN',
      plugin: 'Guardian',
      message: withPage('FUNCTION_UNKNOWN', 'Plugin Guardian has no function rust; it has polish.'),
    });
    expect(() => swapper.current.plugin('forge')).toThrow(
      'There is no plugin forge in this generation; there are herald, armory, Guardian.',
    );
    const herald = swapper.current.plugin('herald');
    expect(await herald.lookup('motto')).toBe('Stand');
    expect(await herald.lookup('ranks')).toEqual(new Map([['captain', 1]]));
    await expect(herald.lookup('salute')).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
    await expect(herald.lookup('toString')).rejects.toMatchObject({
      code: 'SYMBOL_UNKNOWN',
      symbol: 'toString',
    });
  });

  test('invokeEach asks every plugin that has the function in turn, whatever the others answer', async () => {
    const late = '(order) => new Promise((resolve) => setTimeout(() => resolve("armory " + order), 20))';
    const swapper = await loadIn(mode, [
      roll('armory', [], late),
      roll('forge', ['armory'], '() => { throw new RangeError("rust"); }'),
      roll('guardian', ['forge'], '(order) => "guardian " + order'),
      { name: 'herald' },
    ]);
    const answers = [
      { plugin: 'armory', status: 'fulfilled', value: 'armory now' },
      {
        plugin: 'forge',
        status: 'rejected',
        reason: expect.objectContaining({ name: 'RangeError', message: 'rust' }),
      },
      { plugin: 'guardian', status: 'fulfilled', value: 'guardian now' },
    ];
    expect(await swapper.current.invokeEach('polish', 'now')).toEqual(answers);
    expect(await swapper.current.invokeEachBackward('polish', 'now')).toEqual(answers.toReversed());
    expect(await swapper.current.invokeEach('rust')).toEqual([]);
  });

  test('a callback that a plugin passes to the extension while it comes up can be called until the plugin is gone', async () => {
    const gate = new Gate();
    const swapper = await loadIn(mode, [registering('guardian', 1), registering('herald', 1)], {
      extension: () => gate,
    });
    expect(swapper.current.vault.extension).toBe(gate);
    expect(await gate.guards.get('guardian')?.()).toBe('guardian 1');
    expect(await gate.guards.get('herald')?.()).toBe('herald 1');
    await swapper.close();
    await expect(gate.guards.get('guardian')?.()).rejects.toMatchObject({ code: 'RETIRED' });
  });

  test('plugins call the methods of the extension, and nothing that every object has', async () => {
    const asking: PluginText = {
      name: 'guardian',
      live: { live_ask: '(method, ...args) => context.vault.extension[method](...args)' },
    };
    const extension = () => ({ add: (left: number, right: number) => left + right, motto: 'Stand' });
    const swapper = await loadIn(mode, [asking], { extension });
    expect(await swapper.call('live_ask', 'add', 3, 4)).toBe(7);
    for (const name of ['constructor', '__proto__', 'motto', 'open'])
      await expect(swapper.call('live_ask', name)).rejects.toMatchObject({
        code: 'FUNCTION_UNKNOWN',
        call: name,
      });
  });

  test('an extension may have a method of a name that every object has, and that is its own one', async () => {
    class Motto {
      toString(): string {
        return 'Stand';
      }
    }
    const asking: PluginText = {
      name: 'asking',
      live: { live_ask: '(method) => context.vault.extension[method]()' },
    };
    const swapper = await loadIn(mode, [asking], { extension: () => new Motto() });
    expect(await swapper.call('live_ask', 'toString')).toBe('Stand');
    for (const method of ['valueOf', 'constructor', '__proto__']) {
      await expect(swapper.call('live_ask', method)).rejects.toMatchObject({
        code: 'FUNCTION_UNKNOWN',
        message: expect.stringContaining(`no method ${method}; it has toString.`),
      });
    }
  });

  test('host and plugins share the data bag: values are copies, shared memory is shared', async () => {
    const swapper = await loadIn(mode, [keeper], { threads: 2 });
    const { dataBag } = swapper.current.vault;
    const chest = { gold: [1, 2] };
    await dataBag.set('chest', chest);
    chest.gold.push(3);
    expect(await swapper.call('live_get', 'chest')).toEqual({ gold: [1, 2] });
    ((await dataBag.get('chest')) as typeof chest).gold.pop();
    expect(await dataBag.get('chest')).toEqual({ gold: [1, 2] });
    await swapper.call('live_set', 'gold', new Date(7));
    expect(await dataBag.get('gold')).toEqual(new Date(7));
    expect(await swapper.call('live_keys')).toEqual([['chest', 'gold'], true, true]);
    expect(await dataBag.keys()).toEqual(['chest']);
    const memory = new SharedArrayBuffer(4);
    await dataBag.set('counter', memory);
    await Promise.all([1, 2, 3, 4].map(() => swapper.call('live_add', 'counter')));
    expect(new Int32Array(memory)[0]).toBe(4);
    await expect(dataBag.set('job', { steps: [{ done: () => {} }] })).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
      path: 'dataBag.job.steps[0].done',
    });
  });

  test('onReload sees the first generation too, can ask it, and vetoes the load by throwing', async () => {
    const told: unknown[] = [];
    const onReload = async (next: Generation, previous: Generation | undefined): Promise<void> => {
      told.push(next.id, previous, await next.vault.call('live_get', 'chest'));
      if (told.length === 3) throw new Error('not on a Friday');
    };
    const swapper = await deployIn(mode, [keeper], { onReload });
    await expect(swapper.load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringContaining('onReload refused the new generation: not on a Friday'),
      cause: { code: 'RELOAD_VETOED' },
    });
    await expect(swapper.call('live_get', 'chest')).rejects.toMatchObject({ code: 'NOT_LOADED' });
    expect(await swapper.load()).toEqual({ keeper: 'ok' });
    expect(told).toEqual([1, undefined, undefined, 1, undefined, undefined]);
  });
});

test('onReload sees the next generation and the one before, can ask both, and vetoes by throwing', async () => {
  const folder = await tempFolder();
  const guardian = (release: number): PluginText => ({
    name: 'guardian',
    live: { live_answer: `() => ${release}` },
  });
  await deploy(folder, guardian(1));
  const told: unknown[] = [];
  const asked = async (who: string, next: Generation, previous: Generation | undefined): Promise<void> => {
    told.push([
      who,
      next.id,
      previous?.id,
      await next.vault.live['live_answer']?.(),
      await previous?.vault.call('live_answer'),
    ]);
  };
  const swapper = openSwapper(folder, { onReload: (next, previous) => asked('option', next, previous) });
  await swapper.load();
  await deploy(folder, guardian(2));
  await swapper.reload(undefined, { onReload: (next, previous) => asked('reload', next, previous) });
  expect(told).toEqual([
    ['option', 1, undefined, 1, undefined],
    ['option', 2, 1, 2, 1],
    ['reload', 2, 1, 2, 1],
  ]);
  await deploy(folder, guardian(3));
  const veto = (next: Generation): void => {
    if (next.plugin('guardian').note === 'ok') throw new Error('not on a Friday');
  };
  await expect(swapper.reload(undefined, { onReload: veto })).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    message: expect.stringContaining('onReload refused the new generation: not on a Friday'),
    cause: { code: 'RELOAD_VETOED' },
  });
  expect([swapper.current.id, await swapper.call('live_answer')]).toEqual([2, 2]);
});

test('the extension is a new object each generation, which calls the newest functions it was handed', async () => {
  const folder = await tempFolder();
  await deploy(folder, registering('guardian', 1), registering('herald', 1));
  const gates: Gate[] = [];
  const swapper = openSwapper(folder, {
    extension: () => {
      gates.push(new Gate());
      return gates.at(-1) as Gate;
    },
  });
  const answers = (): Promise<unknown[]> => {
    const gate = swapper.current.vault.extension as Gate;
    return Promise.all(['guardian', 'herald'].map(async (name) => gate.guards.get(name)?.()));
  };
  const life = new LifeOfVersions(swapper);
  await swapper.load();
  expect(await answers()).toEqual(['guardian 1', 'herald 1']);
  await deploy(folder, registering('guardian', 2));
  expect(await swapper.reload()).toEqual({ guardian: 'ok', herald: 'unchanged' });
  expect(swapper.current.vault.extension).toBe(gates[1]);
  // The version that was carried over has registered with the new object, too.
  expect(await answers()).toEqual(['guardian 2', 'herald 1']);
  await deploy(folder, registering('guardian', 3));
  await expect(
    swapper.reload(undefined, { onReload: () => Promise.reject(new Error('veto')) }),
  ).rejects.toThrow('veto');
  expect(await answers()).toEqual(['guardian 2', 'herald 1']);
  await swapper.reload();
  expect(gates).toHaveLength(4);
  expect(await answers()).toEqual(['guardian 3', 'herald 1']);
  // The first version, the refused one and the second one retire.
  await life.untilRetired(3);
  await expect(gates[1]?.guards.get('guardian')?.()).rejects.toMatchObject({ code: 'RETIRED' });
});

test.for([
  [
    'never answers',
    () => new Promise(() => {}),
    { method: 'register', message: expect.stringContaining('within 3000 ms (startMs)') },
  ],
  ['refuses', () => Promise.reject(new RangeError('No post.')), { cause: { name: 'RangeError' } }],
] as const)(
  'a new extension that %s what was registered with the one before fails its reload',
  async ([, register, why]) => {
    const folder = await tempFolder();
    await deploy(folder, registering('guardian', 1), registering('herald', 1));
    const extensions = [new Gate(), { register }, new Gate()];
    const swapper = openSwapper(folder, { startMs: 3_000, extension: () => extensions.shift() as object });
    await swapper.load();
    await deploy(folder, { name: 'guardian' });
    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'HOOK_FAILED', plugin: 'herald', ...why },
    });
    expect(await swapper.reload()).toEqual({ guardian: 'ok', herald: 'unchanged' });
  },
);

test('an extension that cannot be made fails its load, and the error names the option', async () => {
  const cause = new RangeError('No stones.');
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian' });
  const swapper = openSwapper(folder, {
    extension: () => {
      throw cause;
    },
  });
  await expect(swapper.load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    cause: { code: 'OPTION_INVALID', option: 'extension', cause },
  });
});

test.each([5, Promise.resolve({}), 'stones'])(
  'an extension that is no object fails its load: %j',
  async (made) => {
    const folder = await tempFolder();
    await deploy(folder, { name: 'guardian' });
    await expect(openSwapper(folder, { extension: () => made as never }).load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      cause: { code: 'OPTION_INVALID', option: 'extension' },
    });
  },
);

test('registrations of a thread that has died are released', async () => {
  const folder = await tempFolder();
  await deploy(folder, { ...registering('guardian', 1), live: { live_exit: '() => { process.exit(1); }' } });
  let registered = 0;
  const collected: number[] = [];
  const guards = new FinalizationRegistry<number>((one) => collected.push(one));
  const register = (_name: string, guard: object): void => guards.register(guard, ++registered);
  const swapper = openSwapper(folder, { extension: () => ({ register }) });
  await swapper.load();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_exit').catch(() => {});
  await replaced;
  await untilCollected(() => collected.length > 0);
  expect([registered, collected]).toEqual([2, [1]]);
});

test('writes of a failed reload to the data bag have no effect', async () => {
  const folder = await tempFolder();
  const writing = (release: number): PluginText => ({
    name: 'guardian',
    hooks: {
      onInit: `async ({ dataBag }) => { await dataBag.set("release", ${release}); await dataBag.delete("old"); if (await dataBag.get("release") !== ${release}) throw new Error("lost"); }`,
    },
  });
  await deploy(folder, keeper, writing(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { dataBag } = swapper.current.vault;
  await dataBag.set('old', 'yes');
  await deploy(folder, writing(2));
  const seen: unknown[] = [];
  const onReload = async (next: Generation): Promise<void> => {
    seen.push(await next.vault.dataBag.get('release'), await swapper.call('live_get', 'release'));
    throw new Error('veto');
  };
  await expect(swapper.reload(undefined, { onReload })).rejects.toThrow('veto');
  expect(seen).toEqual([2, 1]);
  expect([await dataBag.get('release'), await dataBag.get('old')]).toEqual([1, 'yes']);
  await swapper.reload();
  expect([await dataBag.get('release'), await dataBag.has('old')]).toEqual([2, false]);
  expect(await swapper.call('live_get', 'release')).toBe(2);
});
