import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BuildSession, type PluginReport } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const tsconfig = (options: object): string =>
  JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      types: [],
      rootDir: 'src',
      outDir: 'out',
      ...options,
    },
    include: ['src', 'plugins'],
  });

/** Opens a session over an app that has a TypeScript of its own, as `npm i -D typescript` installs it. */
async function open(typescript: string, files: Files) {
  const folder = await tempFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(packages, typescript), join(folder, 'node_modules/typescript'), 'junction');
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': tsconfig({ strict: true }),
    'plugins/herald/index.ts': definition,
    ...files,
  });
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'dist'),
    include: /\.txt$/,
  });
  onTestFinished(() => session.close());
  return {
    build: async () => saidIn(await session.build()),
    save: async (path: string, text: string) => {
      const file = join(folder, path);
      await writeFile(file, text);
      return saidIn(await session.rebuild([file]));
    },
  };
}

/** Returns findings by file and line, and warnings. */
function saidIn(reports: readonly PluginReport[]): string[] {
  return reports.flatMap((report) =>
    report.state === 'refused'
      ? report.findings.map(({ file, line, problem }) => `${file.split('/').at(-1)}:${line} ${problem}`)
      : report.state === 'built'
        ? report.warnings.map(({ problem }) => problem)
        : [],
  );
}

// These are the folders of two versions other than liveswap's own.
describe.each(['typescript-5', 'typescript'])('an app with %s of its own', (typescript) => {
  test('is checked by that, without a warning, and each edit matters where it is used', async () => {
    const { build, save } = await open(typescript, {
      'plugins/herald/song.ts': `import words from './words.txt';
import { verses } from './verses.js';
export const length: number = verses + words.length + HALL.length;
`,
      'plugins/herald/verses.ts': 'export const verses = 3;\n',
      'plugins/herald/words.txt': 'la',
      'src/hall.ts': `export const here = import.meta.url;\ndeclare global { var HALL: string }\n`,
      'src/broken.ts': `export const other: number = 'no plugin';\n`,
    });
    expect(await build()).toEqual([]);
    expect(await save('plugins/herald/verses.ts', `export const verses = 'three';\n`)).toEqual([
      "song.ts:3 Type 'string' is not assignable to type 'number'. (TS2322)",
    ]);
    expect(await save('plugins/herald/verses.ts', 'export const verses = ;\n')).toEqual([
      'verses.ts:1 Expression expected. (TS1109)',
    ]);
    expect(await save('plugins/herald/verses.ts', 'export const verses = 4;\n')).toEqual([]);
  });

  test('finds what tsc of that version finds: no other options count', async () => {
    const { build } = await open(typescript, {
      'tsconfig.json': tsconfig({}),
      'plugins/herald/song.ts': 'export const lengthOf = (song) => song.length;\n',
    });
    // TypeScript is strict by default since version 6.
    expect(await build()).toEqual(
      typescript === 'typescript-5'
        ? []
        : ["song.ts:1 Parameter 'song' implicitly has an 'any' type. (TS7006)"],
    );
  });

  test('has live functions of all plugins by name, and reasons of an error line by line', async () => {
    const { build, save } = await open(typescript, {
      'plugins/herald/sing.ts': `export async function live_sing(verse: { words: string }): Promise<number> { return verse.words.length; }\n`,
      'plugins/hall/index.ts': definition,
      'plugins/hall/feast.ts': `import { context } from 'liveswap/plugin';
export const feast = () => context.vault.call('live_sing', { words: 'la' });
`,
    });
    expect(await build()).toEqual([]);
    const numbered = `export async function live_sing(verse: { words: number }): Promise<number> { return verse.words; }\n`;
    expect(await save('plugins/herald/sing.ts', numbered)).toEqual([
      "feast.ts:2 Type 'string' is not assignable to type 'number'. (TS2322)",
    ]);
    const deep = `export const song: { words: { count: number } } = null! as { words: { count: string } };\n`;
    expect(await save('plugins/hall/feast.ts', deep)).toEqual([
      `feast.ts:1 Type '{ words: { count: string; }; }' is not assignable to type '{ words: { count: number; }; }'.
  The types of 'words.count' are incompatible between these types.
    Type 'string' is not assignable to type 'number'. (TS2322)`,
    ]);
  });
});
