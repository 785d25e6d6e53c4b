import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { entryPoints } from '../helpers/entry-points.js';

test('CommonJS can require every entry point', async () => {
  const names = (await entryPoints()).map(([entry]) => entry);
  const script = `for (const name of ${JSON.stringify(names)}) if (!require(name)) throw new Error(name);`;
  const run = (): string =>
    execFileSync(process.execPath, ['--no-warnings', '--input-type=commonjs', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(names).toContain('liveswap/otel');
  expect(run()).toBe('');
});

test('TypeScript before 5.5 can read what every entry point declares: no export has a text as its name', async () => {
  const declared = (await entryPoints()).map(([, types]) => types);
  const texts = await Promise.all(declared.map((path) => readFile(path, 'utf8')));
  expect(declared).toContain('./dist/lib/editor/liveswap-editor.d.ts');
  for (const text of texts) expect(text).not.toMatch(/\bas ['"]/);
});
