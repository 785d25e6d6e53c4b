import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { EventEmitter } from 'node:events';
import type { FSWatcher } from 'chokidar';
import { LiveswapError } from '../../lib/core/errors.js';
import { foldersAbove } from '../../lib/core/paths.js';
import { watchFiles } from '../../lib/files/watch-files.js';
import { deferred } from '../helpers/deferred.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

/** Watches `targets` below a new folder that holds `files`. */
async function open(files: Files, targets: readonly string[], except?: string) {
  const folder = await tempFolder();
  await writeFiles(folder, files);
  const changes: string[][] = [];
  let told = (): void => {};
  const at = (path: string) => join(folder, path);
  const watching = await watchFiles(
    targets.map(at),
    async (changed) => {
      changes.push(Array.from(changed, (path) => path.slice(folder.length + 1)).sort());
      told();
    },
    (error) => {
      throw error;
    },
    { except: except && at(except) },
  );
  onTestFinished(() => watching.close());
  /** Resolves to the changes since the last call, as soon as `path` is among them. */
  const noticed = async (path: string): Promise<string[]> => {
    for (;;) {
      const all = changes.flat();
      if (all.includes(path)) {
        changes.length = 0;
        return all;
      }
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  return { folder, at, changes, noticed, watching };
}

const armory = { 'plugins/armory/index.ts': 'steel', 'plugins/armory/blades/sword.ts': 'long' };

test('every save by rename is noticed', async () => {
  const { at, noticed } = await open(armory, ['plugins']);
  for (const length of ['short', 'longer', 'longest', 'broad', 'bent', 'blunt']) {
    await writeFile(at('plugins/armory/sword.tmp~'), length);
    await rename(at('plugins/armory/sword.tmp~'), at('plugins/armory/blades/sword.ts'));
    await expect(noticed('plugins/armory/blades/sword.ts')).resolves.toBeDefined();
  }
});

test('every save in place is noticed, also those that follow one another closely', async () => {
  const { at, noticed } = await open(armory, ['plugins']);
  for (let times = 0; times < 10; times++) {
    writeFileSync(at('plugins/armory/index.ts'), `steel ${times}`);
    await expect(noticed('plugins/armory/index.ts')).resolves.toEqual(['plugins/armory/index.ts']);
  }
});

test('every save is noticed, also when files above, and at the root of the disk, are watched', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, armory);
  const file = join(folder, 'plugins/armory/index.ts');
  const folders = foldersAbove(file);
  const above = [...folders, join(folders.at(-1) ?? '', 'liveswap-none')].map((one) =>
    join(one, 'none.json'),
  );
  let told = deferred<readonly string[]>();
  const watching = await watchFiles(
    [file, ...above],
    async (changed) => told.resolve([...changed]),
    told.reject,
  );
  onTestFinished(() => watching.close());
  for (let times = 0; times < 3; times++) {
    writeFileSync(file, `steel ${times}`);
    expect(await told.promise).toEqual([file]);
    told = deferred();
  }
});

test('a save that deletes first and writes then is told when it is whole', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, armory);
  const file = join(folder, 'plugins/armory/index.ts');
  const told = deferred<string>();
  const watching = await watchFiles(
    [join(folder, 'plugins')],
    async () => told.resolve(await readFile(file, 'utf8').catch(() => 'gone')),
    told.reject,
    { patience: { quietMs: 15, manyMs: 50, halfMs: 3_000, longestMs: 15_000 } },
  );
  onTestFinished(() => watching.close());
  await unlink(file);
  // A slow editor takes so long, which is less than a deleted file is given to come back.
  await delay(30);
  writeFileSync(file, 'bronze');
  expect(await told.promise).toBe('bronze');
});

test('many files written at once are one change', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `plugins/armory/blades/blade-${index}.ts`);
  const files = Object.fromEntries(names.map((name) => [name, 'dull']));
  const { at, noticed } = await open(files, ['plugins']);
  for (const name of names) writeFileSync(at(name), 'sharp');
  await expect(noticed(names.at(-1)!)).resolves.toEqual([...names].sort());
});

test('a folder that is deleted and made again is watched on, over and over', async () => {
  const { folder, at, noticed } = await open(armory, ['plugins/armory']);
  for (let times = 0; times < 5; times++) {
    await rm(at('plugins/armory'), { recursive: true });
    await writeFiles(folder, armory);
    await noticed('plugins/armory/index.ts');
    await writeFile(at('plugins/armory/blades/sword.ts'), `long ${times}`);
    await noticed('plugins/armory/blades/sword.ts');
    await writeFile(at('plugins/armory/blades/axe.ts'), `heavy ${times}`);
    await noticed('plugins/armory/blades/axe.ts');
  }
});

test('a folder that comes back later is watched on', async () => {
  const { folder, at, noticed } = await open(armory, ['plugins/armory']);
  await rm(at('plugins/armory'), { recursive: true });
  await noticed('plugins/armory/index.ts');
  await writeFiles(folder, armory);
  await noticed('plugins/armory/index.ts');
  await writeFile(at('plugins/armory/index.ts'), 'bronze');
  await expect(noticed('plugins/armory/index.ts')).resolves.toBeDefined();
});

test('a new folder is watched, and what was put into it at once is not missed', async () => {
  const { folder, at, noticed } = await open(armory, ['plugins']);
  await writeFiles(folder, { 'plugins/forge/hearth/fire.ts': 'cold' });
  await noticed('plugins/forge/hearth/fire.ts');
  await writeFile(at('plugins/forge/hearth/fire.ts'), 'hot');
  await expect(noticed('plugins/forge/hearth/fire.ts')).resolves.toBeDefined();
});

// On Windows, no link can be replaced by renaming another one over it.
test.skipIf(process.platform === 'win32')(
  'a folder behind a symbolic link is watched, and so is the link',
  async () => {
    const { at, noticed } = await open({ ...armory, 'north/index.ts': 'ice', 'south/index.ts': 'sand' }, [
      'plugins',
    ]);
    await symlink(at('north'), at('plugins/outpost'), 'junction');
    await noticed('plugins/outpost/index.ts');
    await writeFile(at('north/index.ts'), 'snow');
    await noticed('plugins/outpost/index.ts');
    await symlink(at('south'), at('plugins/next'), 'junction');
    await rename(at('plugins/next'), at('plugins/outpost'));
    await noticed('plugins/outpost/index.ts');
    await writeFile(at('south/index.ts'), 'dunes');
    await expect(noticed('plugins/outpost/index.ts')).resolves.toBeDefined();
  },
);

test.skipIf(process.platform === 'win32')(
  'a symbolic link above what is watched may be turned to another folder',
  async () => {
    const folder = await tempFolder();
    await writeFiles(folder, { 'one/plugins/herald.ts': 'la', 'two/plugins/herald.ts': 'lu' });
    await symlink(join(folder, 'one'), join(folder, 'current'), 'junction');
    const seen: (() => void)[] = [];
    const watching = await watchFiles(
      [join(folder, 'current/plugins')],
      async () => seen.shift()?.(),
      (error) => {
        throw error;
      },
    );
    onTestFinished(() => watching.close());
    const next = () => new Promise<void>((resolve) => seen.push(resolve));
    const turned = next();
    await symlink(join(folder, 'two'), join(folder, 'next'), 'junction');
    await rename(join(folder, 'next'), join(folder, 'current'));
    await turned;
    const written = next();
    await writeFile(join(folder, 'two/plugins/herald.ts'), 'li');
    await expect(written).resolves.toBeUndefined();
  },
);

test.each(['inside', 'above'])(
  'where a symbolic link leads may be deleted and made again: a link %s what is watched',
  async (where) => {
    const { at, noticed } = await open({ 'packages/forge/hearth/fire.ts': 'cold' }, [
      where === 'inside' ? 'plugins' : 'plugins/forge/hearth',
    ]);
    await mkdir(at('plugins'));
    await symlink(at('packages/forge'), at('plugins/forge'), 'junction');
    const fire = 'plugins/forge/hearth/fire.ts';
    await noticed(fire);
    await rm(at('packages'), { recursive: true });
    await noticed(fire);
    await writeFiles(at(''), { 'packages/forge/hearth/fire.ts': 'warm' });
    await noticed(fire);
    await writeFile(at('packages/forge/hearth/fire.ts'), 'hot');
    await expect(noticed(fire)).resolves.toEqual([fire]);
  },
);

test('a single file is watched, through deletion too, and its neighbours are not', async () => {
  const { at, noticed } = await open({ 'shared/steel.ts': 'steel', 'shared/wood.ts': 'oak' }, [
    'shared/steel.ts',
  ]);
  await unlink(at('shared/steel.ts'));
  await noticed('shared/steel.ts');
  await writeFile(at('shared/wood.ts'), 'ash');
  await writeFile(at('shared/steel.ts'), 'bronze');
  await expect(noticed('shared/steel.ts')).resolves.toEqual(['shared/steel.ts']);
});

test('more can be watched later on', async () => {
  const { folder, at, noticed, watching } = await open({ ...armory, 'shared/steel.ts': 'steel' }, [
    'plugins',
  ]);
  await watching.add([join(folder, 'shared/steel.ts')]);
  await writeFile(at('shared/steel.ts'), 'bronze');
  await expect(noticed('shared/steel.ts')).resolves.toEqual(['shared/steel.ts']);
});

test('additions at one time are each watched from their current state', async () => {
  const files = { ...armory, 'shared/steel.ts': 'steel', 'forge/hammer.ts': 'iron' };
  const { at, noticed, watching } = await open(files, ['plugins']);
  await Promise.all([watching.add([at('shared')]), watching.add([at('forge')])]);
  await writeFile(at('plugins/armory/index.ts'), 'bronze');
  await expect(noticed('plugins/armory/index.ts')).resolves.toEqual(['plugins/armory/index.ts']);
});

test('dot-files, node_modules and the folder that is excepted do not count', async () => {
  const { folder, noticed } = await open(armory, ['plugins'], 'plugins/out');
  await mkdir(join(folder, 'plugins/out'));
  await writeFiles(folder, {
    'plugins/out/armory.plugin.mjs': 'built',
    'plugins/.git/HEAD': 'main',
    'plugins/armory/.index.ts.swp': 'vim',
    'plugins/armory/node_modules/steel/index.js': 'bronze',
    'plugins/armory/index.ts': 'bronze',
  });
  await expect(noticed('plugins/armory/index.ts')).resolves.toEqual(['plugins/armory/index.ts']);
});

test('changes during the handling of a change are reported afterwards', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, armory);
  const index = join(folder, 'plugins/armory/index.ts');
  const sword = join(folder, 'plugins/armory/blades/sword.ts');
  // A file that is as old as a look is reported once more.
  const handled = new Set<string>();
  let running = 0;
  const done = deferred();
  const watching = await watchFiles(
    [join(folder, 'plugins')],
    async (changed) => {
      running++;
      expect(running).toBe(1);
      if (handled.size === 0) await writeFile(sword, 'short');
      for (const path of changed) handled.add(path);
      if (handled.has(sword)) done.resolve();
      running--;
    },
    (error) => done.reject(error),
  );
  onTestFinished(() => watching.close());
  writeFileSync(index, 'bronze');
  await done.promise;
  expect([...handled]).toEqual([index, sword]);
});

test('an error while a change is handled is told, and the next change is handled', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, armory);
  const errors: unknown[] = [];
  let fail = true;
  const told = deferred();
  const handled = deferred();
  const watching = await watchFiles(
    [join(folder, 'plugins')],
    async () => {
      if (fail) throw new Error('The forge is cold.');
      handled.resolve();
    },
    (error) => {
      errors.push(error);
      told.resolve();
    },
  );
  onTestFinished(() => watching.close());
  writeFileSync(join(folder, 'plugins/armory/index.ts'), 'bronze');
  await told.promise;
  fail = false;
  await writeFile(join(folder, 'plugins/armory/index.ts'), 'iron');
  await handled.promise;
  expect(errors).toEqual([new Error('The forge is cold.')]);
});

test('a file is reported that came while a change was handled and had gone before the next look: it may have been seen', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, armory);
  const [handling, handled, toldOfForge] = [deferred(), deferred(), deferred()];
  const watching = await watchFiles(
    [join(folder, 'plugins')],
    async (changed) => {
      const paths = Array.from(changed, (path) => path.slice(folder.length + 1));
      if (paths.includes('plugins/forge.ts')) toldOfForge.resolve();
      handling.resolve();
      await handled.promise;
    },
    toldOfForge.reject,
  );
  onTestFinished(() => watching.close());
  await writeFile(join(folder, 'plugins/armory/index.ts'), 'bronze');
  await handling.promise;
  await writeFile(join(folder, 'plugins/forge.ts'), 'hot');
  await rm(join(folder, 'plugins/forge.ts'));
  handled.resolve();
  await toldOfForge.promise;
});

test('when the system has no watches left it is said once, and changes are noticed all the same', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'gate.ts': 'open' });
  const exhausted = Object.assign(new Error('no space left on device, watch'), { code: 'ENOSPC' });
  const silent = Object.assign(new EventEmitter(), {
    add: () => {},
    unwatch: () => {},
    close: async () => {},
  });
  const begin = (): FSWatcher => {
    queueMicrotask(() => {
      silent.emit('error', exhausted);
      silent.emit('error', exhausted);
      silent.emit('ready');
    });
    return silent as unknown as FSWatcher;
  };
  const errors: unknown[] = [];
  const noticed = deferred<ReadonlySet<string>>();
  const watching = await watchFiles(
    [folder],
    async (changed) => noticed.resolve(changed),
    (error) => errors.push(error),
    { begin },
  );
  onTestFinished(() => watching.close());
  await writeFile(join(folder, 'gate.ts'), 'closed');
  expect([...(await noticed.promise)]).toEqual([join(folder, 'gate.ts')]);
  expect(errors).toEqual([expect.any(LiveswapError)]);
  expect(errors).toMatchObject([
    { code: 'WATCH_FAILED', message: expect.stringContaining('max_user_watches') },
  ]);
});
