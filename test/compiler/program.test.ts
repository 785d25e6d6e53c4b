import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPlugins } from '../../lib/compiler/plugin-folders.js';
import { Program } from '../../lib/compiler/program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

test('nothing is parsed again as long as no file is another, assets or not', async () => {
  const [folder = ''] = await writePlugins(await tempFolder(), {
    herald: {
      'index.ts': `import song from './song.txt';\nexport const length = song.length;`,
      'song.txt': 'la',
    },
  });
  const program = new Program(undefined, folder);
  const parsed = async () => {
    const [plugin] = await findPlugins([folder]);
    program.sync(plugin!, { include: /\.txt$/ });
    return program.project.getProgram().compilerObject;
  };
  const first = await parsed();
  expect(first.getSourceFiles().map(({ fileName }) => fileName)).toContain(
    join(folder, '.liveswap-assets.d.ts'),
  );
  expect(await parsed()).toBe(first);
  expect((await readdir(folder)).sort()).toEqual(['index.ts', 'song.txt']);
});
