import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = {
  name: 'guardian',
  live: {
    live_first: '(bytes) => bytes[0]',
    live_charge: `async (order) => {
      if (!(await context.vault.dataBag.get('died'))) { await context.vault.dataBag.set('died', true); process.exit(3); }
      return order.count;
    }`,
  },
  idempotent: ['live_charge'],
};

test('calls that wait see their arguments as they were when they were made', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder, { concurrency: 1 });
  await swapper.load();
  const bytes = new Uint8Array(1);
  const calls = [0, 1, 2, 3].map((n) => {
    bytes[0] = n;
    return swapper.call('live_first', bytes);
  });
  bytes[0] = 99;
  expect(await Promise.all(calls)).toEqual([0, 1, 2, 3]);
});

test('so does an idempotent call that is sent again', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const order = { count: 1 };
  const call = swapper.call('live_charge', order);
  order.count = 2;
  expect(await call).toBe(1);
});

test('an argument that throws when it is looked at is refused, also where it might be sent again', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const trap = (): never => {
    throw new Error('trapped');
  };
  const hostile = new Proxy({}, { getPrototypeOf: trap, has: trap, get: trap, ownKeys: trap });
  await expect(swapper.call('live_charge', hostile)).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  await expect(swapper.call('live_first', hostile)).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
});
