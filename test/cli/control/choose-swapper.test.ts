import { join } from 'node:path';
import { expect, test } from 'vitest';
import { artifactFolder } from '../../../lib/app/artifact-folder.js';
import { amongThem } from '../../../lib/cli/control/choose-swapper.js';
import { appProject } from '../../helpers/app-project.js';

test('the entry of an app finds its swappers, also those with plugins beside it, and no other; its project finds all', async () => {
  const { folder } = await appProject({ 'server.js': '', 'tower.js': '', 'armory/index.js': '' });
  const entry = join(folder, 'server.js');
  const folders = [
    await artifactFolder(entry),
    await artifactFolder(entry, { plugins: join(folder, 'armory') }),
    await artifactFolder(join(folder, 'tower.js'), { plugins: join(folder, 'armory') }),
  ];
  const facts = { version: '0.1.0', startedAt: '' };
  const running = folders.map((one, pid) => ({ ...facts, folder: one, pid, socket: `/run/${pid}.sock` }));
  const [alone, beside] = running;
  expect(await amongThem(running, { dir: entry })).toEqual([alone, beside]);
  expect(await amongThem(running, { dir: folders[0] as string })).toEqual([alone]);
  expect(await amongThem(running, { dir: folder })).toEqual(running);
  expect(await amongThem(running, { dir: join(folder, 'armory') })).toEqual([]);
});
