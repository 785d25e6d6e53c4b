import { expect, onTestFinished, test, vi } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('nothing depends on Math.random', async () => {
  const mocked = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  onTestFinished(() => {
    mocked.mockRestore();
  });
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: 'Math.random = () => 0.5;',
    live: {
      live_bag: `async (n) => {
        const { dataBag } = context.vault;
        await Promise.all(Array.from({ length: n }, (_, i) => dataBag.set('k' + i, i)));
        return Promise.all(Array.from({ length: n }, (_, i) => dataBag.get('k' + i)));
      }`,
    },
  });
  const swapper = openSwapper(folder, { threads: 2 });
  await swapper.load();
  expect(await swapper.call('live_bag', 20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});
