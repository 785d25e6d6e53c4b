import { execFileSync } from 'node:child_process';
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
