import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('a call that is made after a death was seen does not go to the dead thread, by way of an importer either', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    {
      name: 'guardian',
      exports: { salute: '() => "Hail"' },
      live: { live_break: '() => process.exit(3)', live_wake: '() => {}' },
    },
    {
      name: 'herald',
      imports: ['guardian'],
      live: { live_call: '() => callImport("guardian", "salute", [])' },
    },
  );
  const swapper = openSwapper(folder, { crashLoop: { crashes: 50, withinMs: 60_000 } });
  await swapper.load();
  for (let round = 0; round < 6; round++) {
    await expect(swapper.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
    expect(await swapper.call('live_call')).toBe('Hail');
  }
});
