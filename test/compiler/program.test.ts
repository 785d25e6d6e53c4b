import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ts } from 'ts-morph';
import { expect, onTestFinished, test } from 'vitest';
import { findPlugins } from '../../lib/compiler/plugin-folders.js';
import { Program } from '../../lib/compiler/program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

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

test('a tsconfig.json that is extended keeps its name where the file system ignores case', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'Base.json': '{ "compilerOptions": { "strict": true } }',
    'tsconfig.json': '{ "extends": "./Base.json", "files": [] }',
  });
  const { useCaseSensitiveFileNames } = ts.sys;
  ts.sys.useCaseSensitiveFileNames = false;
  onTestFinished(() => {
    ts.sys.useCaseSensitiveFileNames = useCaseSensitiveFileNames;
  });
  const tsconfig = join(folder, 'tsconfig.json');
  expect(new Program(tsconfig, folder).configs).toEqual([tsconfig, join(folder, 'Base.json')]);
});
