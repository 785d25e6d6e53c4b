import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian: PluginText = {
  name: 'guardian',
  live: { live_answer: '() => "Hail"', live_exit: '() => process.exit(1)' },
};

/** A platform that makes no more threads: `new Worker` throws while it reads the environment, as it does at the system's limit. */
class Barracks {
  room = Infinity;
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const takePlace = (): string => {
      if (this.room-- <= 0) throw new RangeError('The barracks are full.');
      return 'taken';
    };
    this.env = Object.defineProperty({}, 'PLACE', { enumerable: true, get: takePlace });
  }
}

test('a thread that died is replaced as soon as the platform has threads again, and the host lives on', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const barracks = new Barracks();
  const swapper = openSwapper(folder, { env: barracks.env });
  await swapper.load();
  barracks.room = 0;
  const refused = nextEvent(
    swapper,
    'threadCrashed',
    ({ error }) => (error.cause as Error).message === 'The barracks are full.',
  );
  await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await refused;
  const replaced = nextEvent(swapper, 'threadReplaced');
  barracks.room = Infinity;
  await replaced;
  expect(await swapper.call('live_answer')).toBe('Hail');
});

test('a load for which the platform has too few threads fails and says why, and those it had are ended', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const barracks = new Barracks();
  barracks.room = 1;
  const before = countThreads();
  const swapper = openSwapper(folder, { env: barracks.env, threads: 2 });
  await expect(swapper.load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    cause: {
      code: 'START_FAILED',
      thread: 1,
      cause: { code: 'THREAD_CRASHED', cause: { name: 'RangeError' } },
    },
  });
  await noThreadLeft(before);
});

test('a version whose thread is ended, and not replaced, takes no other from the platform', async () => {
  const folder = await tempFolder();
  await deploy(folder, { ...guardian, live: { live_muse: '() => new Promise(() => {})' } });
  const barracks = new Barracks();
  const swapper = openSwapper(folder, { env: barracks.env, drainMs: 0 });
  await swapper.load();
  const musing = swapper.call('live_muse');
  const retired = nextEvent(swapper, 'version', ({ state }) => state === 'retired');
  await deploy(folder, guardian);
  barracks.room = 1;
  await Promise.all([
    expect(musing).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' }),
    swapper.reload(),
    retired,
  ]);
  expect(barracks.room).toBe(0);
  expect(await swapper.call('live_answer')).toBe('Hail');
});
