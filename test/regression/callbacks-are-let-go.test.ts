import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { untilCollected } from '../helpers/until.js';

let collected = 0;
// At the top: one that nobody can reach tells of nothing.
const registry = new FinalizationRegistry<undefined>(() => collected++);

test('call-backs that a plugin does not keep are let go although it makes no garbage of its own', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_glance: '(back) => { back; }' } });
  const swapper = openSwapper(folder);
  await swapper.load();
  for (let index = 0; index < 1_100; index++) {
    const rows = { length: index };
    registry.register(rows, undefined);
    await swapper.call('live_glance', () => rows.length);
  }
  await untilCollected(() => collected >= 500);
  expect(await swapper.call('live_glance', () => 1)).toBeUndefined();
});
