import { afterEach, expect, test } from 'vitest';
import { Swapper } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

let swapper: Swapper | undefined;
afterEach(() => swapper?.destroy());

test('a dead thread is replaced with everything the others went through', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    { name: 'armory', exports: { sword: "async () => 'a sword'" } },
    {
      name: 'guardian',
      imports: ['armory'],
      module: 'const data = []; ',
      hooks: {
        onLoad: '(given) => { data.push(given); }',
        onInit: '(vault) => { data.push(typeof vault.call); }',
      },
      live: {
        live_arm: "async () => [...data, await callImport('armory', 'sword', [])]",
        live_fall: '() => { process.exit(3); }',
      },
    },
  );
  swapper = new Swapper(folder, { standby: false });
  await swapper.load('courage');
  expect(await swapper.call('live_arm')).toEqual(['courage', 'function', 'a sword']);
  await expect(swapper.call('live_fall')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await swapper.call('live_arm')).toEqual(['courage', 'function', 'a sword']);
});
