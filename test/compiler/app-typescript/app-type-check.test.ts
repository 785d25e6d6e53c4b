import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Project, ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { AppTypeCheck } from '../../../lib/compiler/app-typescript/app-type-check.js';
import { ClassicCompiler } from '../../../lib/compiler/app-typescript/classic-compiler.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles } from '../../helpers/write-plugins.js';

test("the app's own TypeScript checks the texts that were parsed, although files have been saved and deleted since", async () => {
  const folder = await tempFolder();
  const fault = `export const sword: string = 1;\n`;
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'esnext', types: [] } }),
    'herald/saved.ts': 'export {};\n',
    'herald/deleted.ts': 'export {};\n',
    'herald/faulty.ts': fault,
  });
  const project = new Project({ compilerOptions: { module: ts.ModuleKind.ESNext, types: [] } });
  const files = ['saved', 'deleted', 'faulty'].map((name) =>
    project.addSourceFileAtPath(join(folder, `herald/${name}.ts`)),
  );
  const check = new AppTypeCheck({
    compiler: new ClassicCompiler(ts),
    project,
    tsconfig: join(folder, 'tsconfig.json'),
    fileNames: [],
    unsaved: new Map(),
  });
  await writeFile(join(folder, 'herald/saved.ts'), `// A longer text.\n${fault}`);
  await rm(join(folder, 'herald/deleted.ts'));
  expect(check.findings({ name: 'herald', files })).toMatchObject([
    { file: join(folder, 'herald/faulty.ts'), line: 1 },
  ]);
});
