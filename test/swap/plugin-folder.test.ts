import { expect, test } from 'vitest';
import { PluginFolder } from '../../lib/swap/plugin-folder.js';
import type { ArtifactFacts } from '../../lib/manifest/runnable-artifact.js';

/** Makes a folder in which the artifact is replaced during the first `times` readings. */
const folderReplaced = (
  times: number,
): { readonly folder: PluginFolder; readonly refreshed: () => number } => {
  let refreshed = 0;
  const folder = new PluginFolder('plugins');
  folder.refreshBy({
    refresh: async () => void refreshed++,
    replaced: () => (refreshed <= times ? 'gate.plugin.mjs' : undefined),
  });
  return { folder, refreshed: () => refreshed };
};
const read = (): Promise<readonly ArtifactFacts[]> => Promise.resolve([]);

test('artifacts that another process has replaced before they were read are brought up to date again', async () => {
  const { folder, refreshed } = folderReplaced(2);
  expect(await folder.read(read)).toEqual([]);
  expect(refreshed()).toBe(3);
});

test('artifacts that another process goes on replacing are refused by name', async () => {
  const { folder } = folderReplaced(Infinity);
  await expect(folder.read(read)).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    message: expect.stringContaining('another process goes on replacing it') as string,
    file: 'gate.plugin.mjs',
  });
});
