import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { runHost } from '../helpers/run-host.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Ends threads in every way, each time while much native work is under way in them. */
const code = `
const silent = () => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const [sound, broken] = args;
const ends = {
  close: (swapper) => swapper.close(),
  destroy: (swapper) => swapper.destroy(),
  reload: (swapper) => swapper.reload(undefined, { force: true }),
  exit: (swapper) => swapper.call('live_exit').catch(silent),
  timer: (swapper) => swapper.call('live_timer').catch(silent),
  'failed reload': (swapper) => {
    swapper.pluginDir = broken;
    return swapper.reload().catch(silent);
  },
};
for (let round = 0; round < 3; round++) {
  await Promise.all(
    Object.values(ends).map(async (end) => {
      const swapper = new Swapper(sound, { standby: false, freeMs: 200, crashLoop: { crashes: Infinity }, logger });
      await swapper.load();
      await swapper.call('live_begin');
      await end(swapper);
      await swapper.destroy();
    }),
  );
}
console.log('alive');
`;

const work = `
import { pbkdf2 } from 'node:crypto';
import { createReadStream, stat } from 'node:fs';
import { gzip } from 'node:zlib';
const bytes = Buffer.alloc(50_000, 'x');
const begin = () => {
  for (let index = 0; index < 60; index++) {
    pbkdf2('oath', 'salt', 2_000, 32, 'sha256', () => {});
    gzip(bytes, () => {});
    stat('.', () => {});
    createReadStream('/dev/zero', { end: 100_000 }).resume();
  }
};
`;

test('a host lives on, whatever native work is under way in a thread that ends', async () => {
  const [sound, broken] = [await tempFolder(), await tempFolder()];
  const live = {
    live_begin: '() => begin()',
    live_exit: '() => process.exit(1)',
    live_timer: '() => { setTimeout(() => { throw new Error("late"); }, 0); return new Promise(() => {}); }',
  };
  await deploy(sound, { name: 'guardian', module: work, live });
  await deploy(broken, {
    name: 'guardian',
    module: work,
    live,
    hooks: { onLoad: '() => { begin(); throw new Error("no"); }' },
  });
  expect(await runHost({ code, args: [sound, broken] })).toBe('alive\n');
});
