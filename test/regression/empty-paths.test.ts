import { expect, test } from 'vitest';
import { serveApp } from '../../lib/app/index.js';
import { build, check, clean, hostContract } from '../../lib/compiler/index.js';
import { Swapper } from '../../lib/index.js';
import { mountPlugins } from '../../lib/testing/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Ways to hand over an empty path, which would be that of the working folder. */
const ways: Readonly<Record<string, (folder: string) => unknown>> = {
  'build, as a source': (folder) => build({ sources: [''], outDir: folder }),
  'build, as the out folder': (folder) => build({ sources: [folder], outDir: '' }),
  'build, as an adapter': (folder) => build({ sources: [folder], outDir: folder, adapters: [''] }),
  'check, as one of the sources': (folder) => check({ sources: [folder, ''] }),
  'clean, as a source': (folder) => clean([''], folder),
  'clean, as the out folder': (folder) => clean([folder], ''),
  'hostContract, as the host': () => hostContract({ entry: '' }),
  'mountPlugins, as the folder': () => mountPlugins(''),
  'serveApp, as the entry': () => serveApp(''),
  'serveApp, as a file': () => serveApp('server.js', { files: [''] }),
  'new Swapper, as the folder': () => new Swapper(''),
  'pluginDir, as the folder': (folder) => {
    openSwapper(folder).pluginDir = '';
  },
};

test.each(Object.keys(ways))('an empty path is refused by %s', async (way) => {
  const folder = await tempFolder();
  const taken = (async () => ways[way]?.(folder))();
  await expect(taken).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});
