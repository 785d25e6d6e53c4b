import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { artifactFolder } from '../../lib/app/artifact-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('the apps that one command of a package serves in two working folders have folders of their own, also in one copyDir', async () => {
  const [root, copyDir] = [await tempFolder(), await tempFolder()];
  const cwd = vi.spyOn(process, 'cwd');
  onTestFinished(() => cwd.mockRestore());
  const folderIn = (folder: string, entry: string): Promise<string> => {
    cwd.mockReturnValue(join(root, folder));
    return artifactFolder(join(root, entry), { copyDir });
  };
  const command = 'node_modules/fastify-cli/cli.js';
  expect(await folderIn('gate', command)).toBe(await folderIn('gate', command));
  expect(await folderIn('gate', command)).not.toBe(await folderIn('armory', command));
  expect(await folderIn('gate', 'server.js')).toBe(await folderIn('armory', 'server.js'));
});
