import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { tower } from '../helpers/tower.js';

/** The imports of every plugin: herald at the top, armory below both others. */
const diamond = { armory: [], forge: ['armory'], guardian: ['armory'], herald: ['forge', 'guardian'] };
type Name = keyof typeof diamond;
const names = Object.keys(diamond) as Name[];

function dependsOn(name: Name, other: Name): boolean {
  return (diamond[name] as readonly Name[]).some((one) => one === other || dependsOn(one, other));
}

test('a diamond is reloaded in every combination of changed and unchanged', async () => {
  const folder = await tempFolder();
  const releases: Record<Name, number> = { armory: 0, forge: 0, guardian: 0, herald: 0 };
  const calls: Record<Name, number> = { armory: 0, forge: 0, guardian: 0, herald: 0 };
  const write = (changed: readonly Name[]): Promise<void> =>
    deploy(folder, ...changed.map((name) => tower(name, releases[name], diamond[name])));
  await write(names);
  const swapper = openSwapper(folder);
  expect(await swapper.load()).toEqual({ armory: 'ok', forge: 'ok', guardian: 'ok', herald: 'ok' });
  for (let combination = 0; combination < 2 ** names.length; combination++) {
    const changed = names.filter((_name, index) => combination & (1 << index));
    for (const name of changed) releases[name]++;
    await write(changed);
    const details = await swapper.reload();
    for (const name of names) {
      const isNew = changed.includes(name);
      const isBelowNew = changed.some((other) => dependsOn(name, other));
      const note = isNew ? 'ok' : isBelowNew ? 'relinked' : 'unchanged';
      expect({ changed, [name]: details[name] }).toEqual({ changed, [name]: note });
      calls[name] = note === 'unchanged' ? calls[name] + 1 : 1;
      expect(await swapper.call(`live_${name}_calls`)).toBe(calls[name]);
    }
    expect(await swapper.call('live_herald')).toEqual(releases);
    expect(swapper.current.plugins.map((plugin) => plugin.name)).toEqual(names);
  }
  expect(swapper.reloads).toBe(16);
});

test('plugins appear and disappear between reloads', async () => {
  const folder = await tempFolder();
  await deploy(folder, tower('armory', 0, []), tower('forge', 0, []));
  const swapper = openSwapper(folder);
  await swapper.load();
  await deploy(folder, tower('guardian', 0, ['armory']));
  await rm(join(folder, 'forge.plugin.mjs'));
  const details = await swapper.reload();
  expect(details).toEqual({ armory: 'unchanged', guardian: 'ok' });
  expect(details.toString()).toBe('armory: unchanged, guardian: ok');
  expect(await swapper.call('live_guardian')).toEqual({ armory: 0, guardian: 0 });
  await expect(swapper.call('live_forge')).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  await rm(join(folder, 'armory.plugin.mjs'));
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { code: 'DEPENDENCY_UNKNOWN' } });
  await rm(join(folder, 'guardian.plugin.mjs'));
  await deploy(folder, tower('forge', 1, []));
  expect(await swapper.reload()).toEqual({ forge: 'ok' });
});

test('a plugin that is carried over keeps its threads, its memory and its entries in the data bag', async () => {
  const folder = await tempFolder();
  const guardian: PluginText = {
    name: 'guardian',
    module: `import { threadId } from 'node:worker_threads';\nconst born = threadId;\nlet calls = 0;`,
    live: {
      live_remember: '() => context.vault.dataBag.set("guardian", "on watch")',
      live_recall: 'async () => [born, ++calls, await context.vault.dataBag.get("guardian")]',
    },
  };
  await deploy(folder, guardian, tower('armory', 0, []));
  const swapper = openSwapper(folder);
  await swapper.load();
  await swapper.call('live_remember');
  const [thread] = (await swapper.call('live_recall')) as [number];
  const before = swapper.current.plugin('guardian');
  await deploy(folder, tower('armory', 1, []));
  expect(await swapper.reload()).toEqual({ armory: 'ok', guardian: 'unchanged' });
  expect(await swapper.call('live_recall')).toEqual([thread, 2, 'on watch']);
  expect(swapper.current.plugin('guardian').loadedAt).toBe(before.loadedAt);
});

test('a non-reloadable plugin stays as it is, its new artifact waits; what it was asked to be is told', async () => {
  const folder = await tempFolder();
  const treasury = (release: number): PluginText => ({
    ...tower('treasury', release, []),
    hooks: { reloadable: 'async () => false' },
  });
  await deploy(folder, treasury(0), tower('guardian', 0, ['treasury']));
  const swapper = openSwapper(folder, { threads: 2 });
  expect(await swapper.load()).toEqual({ treasury: 'ok', guardian: 'ok' });
  expect(swapper.current.plugin('treasury').reloadable).toBe(false);
  await deploy(folder, treasury(1), tower('guardian', 1, ['treasury']));
  expect(await swapper.reload()).toEqual({ treasury: 'not reloadable', guardian: 'ok' });
  expect(await swapper.call('live_guardian')).toEqual({ treasury: 0, guardian: 1 });
  expect(swapper.current.plugin('treasury').note).toBe('not reloadable');
  await deploy(folder, treasury(0));
  expect(await swapper.reload()).toEqual({ treasury: 'unchanged', guardian: 'unchanged' });
});

test('an artifact may be overwritten or deleted at any time: what runs, and what is rolled back to, is a copy', async () => {
  const folder = await tempFolder();
  await deploy(folder, tower('armory', 0, []));
  const swapper = openSwapper(folder);
  await swapper.load();
  await deploy(folder, tower('armory', 1, []));
  const artifact = await readFile(join(folder, 'armory.plugin.mjs'));
  await swapper.reload();
  await rm(join(folder, 'armory.plugin.mjs'));
  expect(await swapper.call('live_armory')).toEqual({ armory: 1 });
  await swapper.rollback();
  expect(await swapper.call('live_armory')).toEqual({ armory: 0 });
  expect(artifact.toString()).toContain('armory: 1');
});
