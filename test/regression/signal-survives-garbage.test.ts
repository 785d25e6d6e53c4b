import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

// The flags are those of the process: with others, V8 rejects the code that its threads have compiled.
const gc = `(() => {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
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

test('signals that a plugin was given by the extension, another plugin or load() are followed for good', async () => {
  const folder = await tempFolder();
  const wait =
    '(signal) => new Promise((r) => signal.addEventListener("abort", () => r(signal.reason), { once: true }))';
  await deploy(
    folder,
    {
      name: 'armory',
      live: { live_alarm: '() => alarm.signal', live_ring: '() => alarm.abort("rung")' },
      module: 'const alarm = new AbortController();',
    },
    {
      name: 'guardian',
      module: `const collect = ${gc}; const wait = ${wait}; let ended;`,
      hooks: { onLoad: '({ signal }) => { ended = wait(signal); }' },
      live: {
        live_extension: 'async () => wait(await context.vault.extension.alarm())',
        live_other: 'async () => wait(await context.vault.call("live_alarm"))',
        live_loaded: '() => ended',
        live_collect: '() => { collect(); collect(); }',
      },
    },
  );
  const controller = new AbortController();
  const swapper = openSwapper(folder, { extension: () => ({ alarm: () => controller.signal }) });
  await swapper.load({ signal: controller.signal });
  const waiting = ['live_extension', 'live_loaded', 'live_other'].map((name) => swapper.call(name));
  for (let round = 0; round < 3; round++) await swapper.call('live_collect');
  controller.abort('retreat');
  await swapper.call('live_ring');
  expect(await Promise.all(waiting)).toEqual(['retreat', 'retreat', 'rung']);
});
