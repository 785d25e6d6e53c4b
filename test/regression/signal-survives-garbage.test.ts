import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const gc = `(() => {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
})()`;

test('a call that waits for the signal it was given is told, whatever was collected meanwhile', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: `const collect = ${gc};`,
    live: {
      live_listen:
        '(signal) => new Promise((r) => signal.addEventListener("abort", () => r("told"), { once: true }))',
      live_listenInside: '({ signal }) => new Promise((r) => { signal.onabort = () => r("told"); })',
      live_watch:
        'async function* (signal) { yield 1; await new Promise((r) => signal.addEventListener("abort", r, { once: true })); yield 2; }',
      live_collect: '() => { collect(); collect(); }',
    },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const controller = new AbortController();
  const waiting = [
    swapper.call('live_listen', controller.signal),
    swapper.call('live_listenInside', { signal: controller.signal }),
  ];
  const watched = (await swapper.call('live_watch', controller.signal)) as AsyncGenerator<number>;
  await watched.next();
  const second = watched.next();
  for (let round = 0; round < 3; round++) await swapper.call('live_collect');
  controller.abort();
  expect(await Promise.all(waiting)).toEqual(['told', 'told']);
  expect(await second).toMatchObject({ value: 2 });
});
