import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { runHost } from '../helpers/run-host.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { untilCollected } from '../helpers/until.js';

let collected = 0;
// The registry is a global, because a registry that is itself collected reports nothing.
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

/** Gives away more in successive calls than the heap holds, and gets as much from a thread with a small heap. */
const code = `
const swapper = new Swapper(args[0], { standby: false, resourceLimits: { maxOldGenerationSizeMb: 64 } });
await swapper.load();
const rowsOf = () => Array.from({ length: 5_000 }, (_, row) => ({ row, text: 'row ' + row }));
for (let call = 0; call < 400; call++) {
  const rows = rowsOf();
  await swapper.call('live_glance', () => rows.length);
}
for (let call = 0; call < 400; call++) await (await swapper.call('live_rows')).next();
await swapper.close();
console.log('done');
`;

test('a thread that runs short of memory has the others release unused call-backs', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    live: {
      live_glance: '(back) => { back; }',
      live_rows:
        'async function* () { const rows = Array.from({ length: 5_000 }, (_, row) => ({ row, text: "row " + row })); yield rows.length; yield rows; }',
    },
  });
  const printed = await runHost({ code, args: [folder], node: ['--max-old-space-size=96'] });
  expect(printed).toBe('done\n');
});
