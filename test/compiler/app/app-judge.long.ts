import { join } from 'node:path';
import { rm, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppJudge } from '../../../lib/compiler/app/check/app-judge.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';

const strict = '{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [] } }';

/** Opens a judge for the files of a server, which looks at them repeatedly. */
async function judged(files: Readonly<Record<string, string>>, entry = 'src/server.ts') {
  const folder = await tempFolder();
  const write = (more: Readonly<Record<string, string>>): Promise<void> => writeFiles(folder, more);
  await write({ 'package.json': '{ "name": "gate", "type": "module" }', ...files });
  const judge = new AppJudge({ entry: join(folder, entry) });
  return {
    folder,
    write,
    inputs: async () => (await judge.judge()).inputs,
    facts: async () => (await judge.judge()).facts.map(({ fate, line }) => `${fate} ${line}`),
    types: async () =>
      (await judge.judge()).findings.map(
        ({ file, line, problem }) => `${file.slice(folder.length + 1)}:${line} ${problem}`,
      ),
  };
}

test('type errors of an app are found in what its entry reaches, files of types alone included, and are gone when they are mended', async () => {
  const { folder, write, types, inputs } = await judged({
    'tsconfig.json': strict,
    'src/server.ts': `import { greet } from './greet.js';\ngreet(7);`,
    'src/greet.ts': `import type { Name } from './name.js';\nexport const greet = (name: Name): Name => name;`,
    'src/name.ts': `export type Name = string;\nexport type Sword = Armory;`,
    'src/unreached.ts': `const sword: number = 'axe';`,
  });
  const found = await types();
  expect(found).toHaveLength(2);
  expect(found).toContainEqual(expect.stringMatching(/^src\/server\.ts:2 .*\(TS2345\)$/));
  expect(found).toContainEqual(expect.stringMatching(/^src\/name\.ts:2 .*Armory.*\(TS2304\)$/));
  expect(await inputs()).toContain(join(folder, 'src/name.ts'));
  await write({
    'src/name.ts': `export type Name = number;`,
    'src/server.ts': `import { greet } from './greet.js';\ngreet(8);`,
  });
  expect(await types()).toEqual([]);
  await rm(join(folder, 'src/name.ts'));
  expect(await types()).toEqual([expect.stringMatching(/^src\/greet\.ts:1 .*name\.js.*\(TS2307\)$/)]);
  await write({ 'src/name.ts': `export type Name = string;` });
  expect(await types()).toEqual([expect.stringMatching(/^src\/server\.ts:2 .*\(TS2345\)$/)]);
});

test('a file that is changed while the app is looked at is read again by the next look', async () => {
  const { folder, write, types } = await judged({
    'tsconfig.json': strict,
    'src/server.ts': `export const swords: number = 7;`,
  });
  /** Writes the file as if after it had been read: no look can have begun after its time. */
  const change = async (text: string): Promise<void> => {
    await write({ 'src/server.ts': text });
    await utimes(join(folder, 'src/server.ts'), 4_000_000_000, 4_000_000_000);
  };
  await change(`export const swords: number = 8;`);
  expect(await types()).toEqual([]);
  await change(`export const swords: string = 8;`);
  expect(await types()).toEqual([expect.stringMatching(/^src\/server\.ts:1 .*\(TS2322\)$/)]);
});

test('each file is checked as the nearest tsconfig.json says, as it is now; JavaScript and files without one are not', async () => {
  const { write, types } = await judged({
    'tsconfig.json': strict,
    'src/server.ts': `import { draw } from '../parts/armory/draw.js';\nimport '../parts/old.js';\ndraw();`,
    'parts/armory/tsconfig.json':
      '{ "compilerOptions": { "strict": false, "module": "nodenext", "types": [] } }',
    'parts/armory/draw.ts': `export function draw(sword?) { return sword; }`,
    'parts/old.js': `const sword = 1; sword.draw();`,
  });
  expect(await types()).toEqual([]);
  await write({ 'parts/armory/tsconfig.json': strict });
  expect(await types()).toEqual([expect.stringMatching(/^parts\/armory\/draw\.ts:1 .*\(TS7006\)$/)]);
});

test('each edit of an app in JavaScript lists anew what it keeps in memory', async () => {
  const { write, facts, types } = await judged(
    { 'server.js': `let visits = 0;\nexport const visit = () => visits++;` },
    'server.js',
  );
  expect(await facts()).toEqual(['lost 1']);
  await write({ 'server.js': `export const visit = () => 1;` });
  expect(await facts()).toEqual([]);
  expect(await types()).toEqual([]);
});
