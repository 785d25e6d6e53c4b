import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const forge: PluginText = {
  name: 'forge',
  live: { live_strike: "() => 'clang'", live_break: '() => { process.exit(1); }' },
};
const herald = (text: string): PluginText => ({ name: 'herald', live: { live_call: `() => '${text}'` } });

test('a release that is pruned after its link was turned still rolls back, and its threads are replaced', async () => {
  const folder = await tempFolder();
  const plugins = join(folder, 'plugins');
  const turnTo = async (release: string): Promise<void> => {
    await symlink(join(folder, release), join(folder, 'next'), 'junction');
    await rename(join(folder, 'next'), plugins);
  };
  for (const release of ['1', '2']) {
    await mkdir(join(folder, release));
    await deploy(join(folder, release), forge, herald(`release ${release}`));
  }
  await turnTo('1');
  const swapper = openSwapper(plugins);
  await swapper.load();
  await turnTo('2');
  expect({ ...(await swapper.reload()) }).toEqual({ forge: 'unchanged', herald: 'ok' });
  await rm(join(folder, '1'), { recursive: true });
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(swapper.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await replaced;
  expect(await swapper.call('live_strike')).toBe('clang');
  expect({ ...(await swapper.rollback()) }).toEqual({ forge: 'unchanged', herald: 'ok' });
  expect(await swapper.call('live_call')).toBe('release 1');
  await swapper.close();
  // The folder was made again for the copies, and is gone together with them.
  expect(existsSync(join(folder, '1'))).toBe(false);
});

test('a folder that is deleted and built anew under a running host loses no version, and no way back', async () => {
  const plugins = join(await tempFolder(), 'plugins');
  await mkdir(plugins);
  await deploy(plugins, forge, herald('before'));
  const swapper = openSwapper(plugins);
  await swapper.load();
  await rm(plugins, { recursive: true });
  await mkdir(plugins);
  await deploy(plugins, forge, herald('after'));
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(swapper.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await replaced;
  await swapper.reload();
  expect(await swapper.call('live_call')).toBe('after');
  await rm(join(plugins, '.versions'), { recursive: true });
  await swapper.rollback();
  expect(await swapper.call('live_call')).toBe('before');
});
