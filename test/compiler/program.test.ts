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

test('declarations of packages are parsed as tsc parses them, but for those with tags that liveswap reads', async () => {
  const folder = await tempFolder();
  const [plugin = ''] = await writePlugins(folder, {
    herald: { 'index.ts': `import 'trumpet';\nimport 'drum';\n/** Sings. */\nexport const song = 'la';` },
  });
  await writeFiles(join(folder, 'node_modules'), {
    'trumpet/index.d.ts': '/** Blows. */\nexport declare function blow(): void;',
    'drum/index.d.ts': '/** @readonly */\nexport declare function beat(): void;',
  });
  const { project } = new Program(undefined, plugin);
  project.addSourceFileAtPath(join(plugin, 'index.ts'));
  const program = project.getProgram().compilerObject;
  const statementsOf = (path: string) => program.getSourceFile(path)?.statements.slice(-1) ?? [];
  const comments = (path: string) => statementsOf(path).flatMap((one) => ts.getJSDocCommentsAndTags(one));

  expect(comments(join(plugin, 'index.ts'))).toHaveLength(1);
  expect(comments(join(folder, 'node_modules/trumpet/index.d.ts'))).toEqual([]);
  const [beat] = statementsOf(join(folder, 'node_modules/drum/index.d.ts'));
  expect(beat?.parent).toBeUndefined();
  program.getTypeChecker();
  expect(beat?.parent.kind).toBe(ts.SyntaxKind.SourceFile);
  expect(ts.getJSDocTags(beat!).map(({ tagName }) => tagName.text)).toEqual(['readonly']);
});
