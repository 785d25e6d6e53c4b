import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const armory = {
  name: 'armory',
  exports: { sword: '() => "a sword"' },
  live: { live_break: '() => process.exit(1)' },
};

test('a version that was given up comes back by itself, to the host and to those that import it', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, {
    name: 'guardian',
    imports: ['armory'],
    live: { live_arm: "() => callImport('armory', 'sword', [])" },
  });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 } });
  await swapper.load();
  const failed = nextEvent(swapper, 'versionFailed');
  const back = nextEvent(
    swapper,
    'version',
    ({ state, previous }) => state === 'active' && previous === 'failed',
  );
  await expect(swapper.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await failed).toMatchObject({
    plugin: 'armory',
    error: { code: 'VERSION_FAILED', retryAfterMs: 1_000 },
  });
  const refused = { code: 'VERSION_FAILED', plugin: 'armory', retryAfterMs: 1_000 };
  await expect(swapper.call('live_arm')).rejects.toMatchObject(refused);
  expect(await back).toMatchObject({ plugin: 'armory' });
  expect(await swapper.call('live_arm')).toBe('a sword');
});

test('a version that has been current for long takes nobody back when it is given up', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory);
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1, rollbackWithinMs: 0.001 } });
  await swapper.load();
  await deploy(folder, { ...armory, exports: { sword: '() => "a better sword"' } });
  await swapper.reload();
  const failed = nextEvent(swapper, 'versionFailed');
  await swapper.call('live_break').catch(() => {});
  await failed;
  // A rollback that the failure asked for would run before this reload.
  expect(await swapper.reload()).toEqual({ armory: 'ok' });
  expect(swapper.reloads).toBe(2);
  expect(swapper.current.id).toBe(3);
});

test('a version that a rollback brought back is not young: nobody goes back further when it is given up', async () => {
  const folder = await tempFolder();
  const release = (text: string) => ({ ...armory, exports: { sword: `() => "${text}"` } });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 }, keep: 3 });
  const changes: string[] = [];
  swapper.on('reloaded', ({ reason }) => changes.push(reason));
  await deploy(folder, release('bronze'));
  await swapper.load();
  for (const metal of ['iron', 'steel']) {
    await deploy(folder, release(metal));
    await swapper.reload();
  }
  await swapper.rollback();
  const failed = nextEvent(swapper, 'versionFailed');
  await swapper.call('live_break').catch(() => {});
  await failed;
  // A rollback that the failure asked for would run before this reload.
  await swapper.reload();
  expect(changes).toEqual(['load', 'reload', 'reload', 'rollback', 'reload']);
});
