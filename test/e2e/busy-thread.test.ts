import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('calls pass by a thread that computes as long as another one is there', async () => {
  const folder = await tempFolder();
  const live = {
    live_compute: '(flag) => { while (Atomics.load(flag, 0) === 0); return context.thread.index; }',
    live_where: '() => context.thread.index',
  };
  await deploy(folder, { name: 'mill', live });
  const swapper = openSwapper(folder, { threads: 2 });
  await swapper.load();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const computing = swapper.call('live_compute', flag);
  // Calls that are made one at a time go to the idle thread in any case. Meanwhile, the lookout notices that the other thread
  // answers nothing.
  const { balancer } = swapper.current.versions[0] ?? expect.fail();
  while (!balancer.connections.some(({ isSilent }) => isSilent)) await swapper.call('live_where');
  const clients = Array.from({ length: 20 }, async () => {
    const places = new Set<unknown>();
    for (let count = 0; count < 10; count++) places.add(await swapper.call('live_where'));
    return [...places];
  });
  // These calls are answered while the other thread still computes.
  const places = new Set((await Promise.all(clients)).flat());
  Atomics.store(flag, 0, 1);
  expect([...places, await computing].toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1]);
});
